import type { ApolloServerPlugin } from '@apollo/server';
import type { ServerContext } from '../serverContext.ts';

/** Longer names are a client's mistake or mischief; they are cut. */
const MAX_NAME_LENGTH = 80;

/** Notes in the operation's record what GraphQL knows of it: its name and its outcome. */
export const operationRecords: ApolloServerPlugin<ServerContext> = {
  async requestDidStart({ contextValue: { record } }) {
    return {
      async didResolveOperation({ operationName }) {
        record.operationName = operationName?.slice(0, MAX_NAME_LENGTH) ?? undefined;
      },
      async willSendResponse({ response: { body } }) {
        const [error] = (body.kind === 'single' && body.singleResult.errors) || [];
        if (error) record.outcome = String(error.extensions?.code ?? 'INTERNAL_SERVER_ERROR');
      },
    };
  },
};
