import { GraphQLError, type ValidationRule } from 'graphql';

/** There is nothing to change or to follow; without this rule graphql-js finds out in the execution, as a failure. */
export const queriesOnly: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (node.operation === 'query') return;
    context.reportError(new GraphQLError(`There is no ${node.operation} here. Send a query.`, { nodes: [node] }));
  },
});

/** Federation's `_service` tells the whole schema, so it is open where introspection is. */
export const noServiceSdl: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '_service') return;
    context.reportError(
      new GraphQLError('The schema is not told here. Set INTROSPECTION=true, or compose from the printed schema.', {
        nodes: [node],
      }),
    );
  },
});
