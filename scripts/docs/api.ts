import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { readClientSdl } from '../../src/graphql/schema.ts';
import { codes, table } from './generated.ts';

/** A part for each kind of type, each with a heading and a table for every type, in the order of the SDL. */
export function apiReference(): Record<string, string> {
  const types = Object.values(buildSchema(readClientSdl()).getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const part = (is: (type: GraphQLNamedType) => boolean) => types.filter(is).map(section).join('\n\n');
  return {
    objects: part((type) => isObjectType(type) || isInterfaceType(type)),
    inputs: part(isInputObjectType),
    enums: part(isEnumType),
    scalars: part(isScalarType),
  };
}

function section(type: GraphQLNamedType): string {
  const members = tableOf(type);
  return [`### ${type.name}`, sentence(type.description), ...(members === undefined ? [] : [members])].join('\n\n');
}

function tableOf(type: GraphQLNamedType): string | undefined {
  if (isObjectType(type) || isInterfaceType(type)) {
    return table(['field', 'type', 'what it is'], Object.values(type.getFields()).flatMap(rowsOf));
  }
  if (isInputObjectType(type)) {
    const rows = Object.values(type.getFields()).map((field) => row(codes([field.name]), field));
    return table(['field', 'type', 'what it is'], rows);
  }
  if (isEnumType(type)) return valuesOf(type);
  return undefined;
}

/** A row for a field, and one for each of its arguments. */
function rowsOf(field: GraphQLField<unknown, unknown>): string[][] {
  const argumentRows = field.args.map((arg) => row(`${codes([field.name])} argument ${codes([arg.name])}`, arg));
  return [row(codes([field.name]), field), ...argumentRows];
}

type Member = Pick<GraphQLArgument | GraphQLInputField, 'description'> & { readonly type: GraphQLType };

function row(name: string, { type, description }: Member): string[] {
  return [name, linked(type), sentence(description)];
}

/** A type as it is written, linked to its heading if it has one. */
function linked(type: GraphQLType): string {
  const named = getNamedType(type);
  const text = codes([String(type)]);
  return isScalarType(named) && isSpecifiedScalarType(named) ? text : `[${text}](#${named.name.toLowerCase()})`;
}

function valuesOf(type: GraphQLEnumType): string {
  const rows = type.getValues().map(({ name, description }) => [codes([name]), sentence(description)]);
  return table(['value', 'what it is'], rows);
}

/** A description in one line. */
function sentence(description: string | null | undefined): string {
  if (!description) throw new Error('An element of the SDL has no description. Describe it.');
  return description.replaceAll('\n', ' ');
}
