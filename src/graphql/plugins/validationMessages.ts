import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { ServerContext } from '../context.ts';
import { type ValidationOptions, validationErrors } from '../publicErrors/validationErrors.ts';

/**
 * Replaces the errors of an invalid document with explained ones. Apollo Server's validation errors do not name their rule,
 * so an invalid document is validated again, rule by rule.
 */
export function validationMessages(options: ValidationOptions): ApolloServerPlugin<ServerContext> {
  return {
    async requestDidStart() {
      let explained: GraphQLFormattedError[] = [];
      return {
        async validationDidStart({ schema, document }) {
          return async (errors) => {
            if (errors) explained = validationErrors(schema, document, options);
          };
        },
        async willSendResponse({ response: { body } }) {
          if (explained.length > 0 && body.kind === 'single') body.singleResult.errors = explained;
        },
      };
    },
  };
}
