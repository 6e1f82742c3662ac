import {
  type GraphQLError,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isRequiredInputField,
  Kind,
  type ObjectValueNode,
  type ValidationContext,
} from 'graphql';

/** A message lists the values of an enum only up to this number. */
const MAX_ENUM_VALUES = 20;

/** The message for a value of the wrong type: what is expected, without the value. */
export function expectedValue({ nodes }: GraphQLError, context: ValidationContext): string {
  const [node] = nodes ?? [];
  const type = context.getInputType();
  const parent = getNamedType(context.getParentInputType());
  if (node?.kind === Kind.OBJECT_FIELD && !type && isInputObjectType(parent)) {
    return `Unknown field "${node.name.value}" on input type "${parent.name}".`;
  }
  if (!type) return 'A value does not have the expected type.';
  const missing = node?.kind === Kind.OBJECT ? missingField(node, type) : undefined;
  if (missing !== undefined) return `${missing} is required${place(context)}.`;
  return `A value of type "${type}" is expected${place(context)}.${enumValues(type, context)}`;
}

/** The coordinates and type of the first required field that an input object lacks. */
function missingField({ fields }: ObjectValueNode, type: GraphQLInputType): string | undefined {
  const object = getNamedType(type);
  if (!isInputObjectType(object)) return undefined;
  const given = new Set(fields.map(({ name }) => name.value));
  const missing = Object.values(object.getFields()).find(
    (field) => isRequiredInputField(field) && !given.has(field.name),
  );
  return missing && `The field "${object.name}.${missing.name}" of type "${missing.type}"`;
}

/** The coordinates of the argument that the value is in. */
function place(context: ValidationContext): string {
  const argument = context.getArgument();
  const directive = context.getDirective();
  const field = context.getFieldDef();
  const type = context.getParentType();
  if (!argument) return '';
  if (directive) return ` in "@${directive.name}(${argument.name}:)"`;
  return field && type ? ` in "${type.name}.${field.name}(${argument.name}:)"` : '';
}

function enumValues(type: GraphQLInputType, { hideSuggestions }: ValidationContext): string {
  const named = getNamedType(type);
  if (hideSuggestions || !isEnumType(named)) return '';
  const names = named.getValues().map(({ name }) => name);
  return names.length > MAX_ENUM_VALUES ? '' : ` Its values are ${names.join(', ')}.`;
}
