import {
  type FieldNode,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLString,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import type { ResponseSize } from '../completedResponses.ts';

/** Makes the selected part of a value. @throws RESPONSE_TOO_LARGE, or Error if the value does not match the schema */
export type Projection = (value: unknown, size: ResponseSize) => unknown;

/** The schema, fragments and variables that decide which fields are selected. */
type SelectionInfo = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>;

/** Quotes, colon and comma around a name. */
const PUNCTUATION = 4;
/** The least that a number, true or false takes. */
const SHORT_VALUE = 1;

/**
 * The projection of a field whose value is plain data: objects and lists without a resolver below. It selects, completes
 * and serializes as graphql-js does (graphql-js itself collects the selected fields), but makes its decisions once
 * for all objects instead of once for each field of each object.
 */
export function projectionOf(type: GraphQLOutputType, nodes: readonly FieldNode[], info: SelectionInfo): Projection {
  if (isNonNullType(type)) {
    const project = projectionOf(type.ofType, nodes, info);
    return (value, size) => project(value, size) ?? refuseNull(type, nodes);
  }
  if (isListType(type)) return listProjection(projectionOf(type.ofType, nodes, info));
  if (isLeafType(type)) return leafProjection(type);
  if (isObjectType(type)) return objectProjection(type, nodes, info);
  throw new Error(`${type} is not plain data.`);
}

function listProjection(project: Projection): Projection {
  return (value, size) => {
    if (value === null || value === undefined) return null;
    const items = value as readonly unknown[];
    size.add(1 + items.length);
    return items.map((item) => project(item, size));
  };
}

function leafProjection(type: GraphQLLeafType): Projection {
  // Most values are strings, which need no serialization.
  const isText = type === GraphQLString || type === GraphQLID;
  return (value, size) => {
    if (value === null || value === undefined) return null;
    if (isText && typeof value === 'string') {
      size.add(value.length);
      return value;
    }
    const serialized = type.serialize(value);
    size.add(typeof serialized === 'string' ? serialized.length : SHORT_VALUE);
    return serialized;
  };
}

function objectProjection(type: GraphQLObjectType, nodes: readonly FieldNode[], info: SelectionInfo): Projection {
  const { schema, fragments, variableValues } = info;
  const definitions = type.getFields();
  const fields: { readonly name: string; readonly key: string; readonly project: Projection }[] = [];
  // The last field has no comma.
  let characters = 1;
  for (const [name, same] of collectSubfields(schema, fragments, variableValues, type, nodes)) {
    const key = same[0]?.name.value ?? '';
    const definition = definitions[key];
    characters += name.length + PUNCTUATION + (definition ? 0 : type.name.length);
    const project = definition ? projectionOf(definition.type, same, info) : () => type.name;
    fields.push({ name, key, project });
  }
  const hasOddName = fields.some(({ name }) => name === '__proto__');
  return (value, size) => {
    if (value === null || value === undefined) return null;
    size.add(characters);
    const source = value as Readonly<Record<string, unknown>>;
    const object: Record<string, unknown> = hasOddName ? Object.create(null) : {};
    for (const { name, key, project } of fields) object[name] = project(source[key], size);
    return object;
  };
}

function refuseNull(type: GraphQLOutputType, [node]: readonly FieldNode[]): never {
  throw new Error(`The field "${node?.name.value}" of type "${type}" is null.`);
}
