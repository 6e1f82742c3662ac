import { GraphQLError, type ValidationRule } from 'graphql';

/** The schema has only queries. Without this rule, the execution of a mutation would fail with an internal error. */
const queriesOnly: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (node.operation === 'query') return;
    context.reportError(new GraphQLError('Only queries are supported.', { nodes: [node] }));
  },
});

/** Fields that return the schema; `_service` is federation's. */
const SCHEMA_FIELDS = new Set(['__schema', '__type', '_service']);

const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    if (!SCHEMA_FIELDS.has(node.name.value)) return;
    const message = 'Introspection is disabled. Set INTROSPECTION=true, or run `npm run schema` to print the schema.';
    context.reportError(new GraphQLError(message, { nodes: [node] }));
  },
});

/** The gateway's own validation rules, beside those of the specification. */
export function validationRules(introspection: boolean): readonly ValidationRule[] {
  return introspection ? [queriesOnly] : [queriesOnly, noIntrospection];
}
