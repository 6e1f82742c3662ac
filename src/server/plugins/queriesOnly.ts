import { GraphQLError, type ValidationRule } from 'graphql';

/** There is nothing to change or to follow; without this rule graphql-js finds out in the execution, as a failure. */
export const queriesOnly: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (node.operation === 'query') return;
    context.reportError(new GraphQLError(`There is no ${node.operation} here. Send a query.`, { nodes: [node] }));
  },
});
