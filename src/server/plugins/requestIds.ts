import type { ApolloServerPlugin } from '@apollo/server';
import { withRequestId } from '../requestId.ts';
import type { ServerContext } from '../serverContext.ts';

/** Every error of an answer carries the id that the logs know the request by. */
export const requestIds: ApolloServerPlugin<ServerContext> = {
  async requestDidStart({ contextValue: { requestId } }) {
    return {
      async willSendResponse({ response: { body } }) {
        const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
        if (body.kind !== 'single' || errors === undefined) return;
        body.singleResult.errors = errors.map((error) => withRequestId(error, requestId));
      },
    };
  },
};
