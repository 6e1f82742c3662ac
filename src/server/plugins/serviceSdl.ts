import { GraphQLError, type ValidationRule } from 'graphql';

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
