import {
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isRequiredInputField,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { GatewayError } from '../../model/errors.ts';

/** A longer message quotes a long name that is not in the schema, and is replaced. */
const MAX_MESSAGE_LENGTH = 400;

/** What graphql-js suggests after an error, if suggestions are on: names of the schema, at the end of its message. */
const SUGGESTION = / Did you mean (?:the enum value )?"\w+"(?:, "\w+")*(?:,? or "\w+")?\?$/;

const UNEXPLAINED = new GatewayError('GRAPHQL_VALIDATION_FAILED').message;

const { INT, FLOAT, STRING, BOOLEAN, NULL, ENUM, LIST, OBJECT } = Kind;
/** The nodes whose values graphql-js quotes. Of a variable, it quotes only the name. */
const LITERALS: ReadonlySet<Kind> = new Set([INT, FLOAT, STRING, BOOLEAN, NULL, ENUM, LIST, OBJECT]);

/**
 * The public errors of an invalid document, each message once. graphql-js' message stays, unless the error is about a
 * literal: that may be an identifier, so the message names its coordinate and the expected type instead.
 */
export function validationErrors(
  errors: readonly GraphQLError[],
  document: DocumentNode,
  schema: GraphQLSchema,
): readonly GraphQLFormattedError[] {
  const literals = errors.map(({ nodes }) => nodes?.find(({ kind }) => LITERALS.has(kind)));
  const expected = expectedIn(document, schema, new Set(literals));
  const explained = new Map<string, GraphQLFormattedError>();
  for (const [index, { message, locations }] of errors.entries()) {
    const literal = literals[index];
    const suggestion = SUGGESTION.exec(message)?.[0] ?? '';
    const whole = literal === undefined ? message : `${expected.get(literal) ?? UNEXPLAINED}${suggestion}`;
    const text = whole.length > MAX_MESSAGE_LENGTH ? UNEXPLAINED : whole;
    if (explained.has(text)) continue;
    const places = locations && { locations: locations.slice(0, 2) };
    explained.set(text, { message: text, ...places, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  }
  return [...explained.values()];
}

/** What is expected in place of each of these literals: `"CustomerIdentifierInput.value" must be a value of type "String!".` */
function expectedIn(document: DocumentNode, schema: GraphQLSchema, literals: ReadonlySet<ASTNode | undefined>) {
  const expected = new Map<ASTNode, string>();
  const types = new TypeInfo(schema);
  const coordinates: string[] = [];
  const visitor = visitWithTypeInfo(types, {
    enter(node) {
      const coordinate = coordinateOf(node, types);
      if (coordinate !== undefined) coordinates.push(coordinate);
      if (!literals.has(node)) return;
      const type = node.kind === LIST ? types.getParentInputType() : types.getInputType();
      if (type) expected.set(node, `"${coordinates.at(-1)}" must be a value of type "${type}"${withRequired(type)}.`);
    },
    leave(node) {
      if (coordinateOf(node, types) !== undefined) coordinates.pop();
    },
  });
  if (literals.size > 0) visit(document, visitor);
  return expected;
}

/** The schema's coordinate of a place that a literal may be in, undefined for any other node. */
function coordinateOf(node: ASTNode, types: TypeInfo): string | undefined {
  switch (node.kind) {
    case Kind.VARIABLE_DEFINITION:
      return `$${node.variable.name.value}`;
    case Kind.OBJECT_FIELD:
      return `${getNamedType(types.getParentInputType())}.${node.name.value}`;
    case Kind.ARGUMENT: {
      const directive = types.getDirective();
      const owner = directive ? `@${directive.name}` : `${types.getParentType()}.${types.getFieldDef()?.name}`;
      return `${owner}(${node.name.value}:)`;
    }
    default:
      return undefined;
  }
}

function withRequired(type: GraphQLInputType): string {
  const named = getNamedType(type);
  const fields = isInputObjectType(named) ? Object.values(named.getFields()).filter(isRequiredInputField) : [];
  return fields.length > 0 ? ` with ${fields.map(({ name }) => name).join(' and ')}` : '';
}
