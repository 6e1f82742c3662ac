import type { ApolloServerPlugin } from '@apollo/server';
import type { ServerContext } from '../operationContext.ts';

/** Tells those who may debug how many upstream calls their operation made, and how many it was spared. */
export const debugExtensions: ApolloServerPlugin<ServerContext> = {
  async requestDidStart({ contextValue: { debug, record } }) {
    if (!debug) return;
    return {
      async willSendResponse({ response: { body } }) {
        if (body.kind !== 'single') return;
        const { made, collapsed, queued, retried } = record.tally;
        body.singleResult.extensions = {
          ...body.singleResult.extensions,
          upstreamCalls: { made, collapsed, queued, retried },
        };
      },
    };
  },
};
