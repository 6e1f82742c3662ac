import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import { badUserInput } from '../model/errors.ts';

type Values = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/**
 * The variables of an operation, coerced to their types, for the cost and the execution.
 * @throws BAD_USER_INPUT for the first invalid one. The message names the variable, the path in it and the expected type,
 * but no value.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions }: OperationDefinitionNode,
  given: Values,
) {
  const coerced: Record<string, unknown> = Object.create(null);
  for (const definition of variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) throw badUserInput(`The variable "$${name}" must have an input type.`);
    if (Object.hasOwn(given, name)) coerced[name] = coerceVariable(name, type, given[name]);
    else if (definition.defaultValue) coerced[name] = valueFromAST(definition.defaultValue, type);
    else if (isNonNullType(type)) throw badUserInput(`The variable "$${name}" of type "${type}" is required.`);
  }
  return coerced;
}

function coerceVariable(name: string, type: GraphQLInputType, value: unknown): unknown {
  const refuse = (path: Path, invalid: unknown) => {
    throw badUserInput(problemAt(name, path, invalid, type));
  };
  return coerceInputValue(value, type, refuse, true);
}

/** The message for an invalid value at a path in a variable. The path holds list indices and names of the schema. */
function problemAt(name: string, path: Path, value: unknown, variableType: GraphQLInputType): string {
  const type = path.reduce(typeAt, variableType);
  // An object may stand for a list of one.
  const named = getNamedType(type);
  const variable = `The variable "$${name}"${path.length > 0 ? ` at "${printed(path)}"` : ''}`;
  if (!isInputObjectType(named) || !isObject(value)) return `${variable} must be a value of type "${type}".`;
  const missing = Object.values(named.getFields()).find(
    (field) => isRequiredInputField(field) && value[field.name] === undefined,
  );
  return missing
    ? `${variable} must have the field "${named.name}.${missing.name}" of type "${missing.type}".`
    : `${variable} has a field that is not defined by type "${named.name}".`;
}

function typeAt(type: GraphQLInputType, key: string | number): GraphQLInputType {
  const nullable = isNonNullType(type) ? type.ofType : type;
  if (isListType(nullable)) return typeof key === 'number' ? nullable.ofType : typeAt(nullable.ofType, key);
  const field = isInputObjectType(nullable) ? nullable.getFields()[key] : undefined;
  return field?.type ?? type;
}

function printed(path: Path): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${key}`)).join('');
}

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
