import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { ServerContext } from '../context.ts';
import { type ValidationOptions, validationErrors } from '../publicErrors/validationErrors.ts';

/**
 * Puts explained errors in the answer to a document that is not valid. Apollo Server validates every document; an error
 * alone does not say which rule it is of, so an invalid document is validated once more, rule by rule.
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
