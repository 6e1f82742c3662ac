import type { ApolloServerPlugin } from '@apollo/server';
import { stateOf } from '../../cache/tally.ts';
import type { ServerContext } from '../serverContext.ts';

/**
 * Tells those who may debug how many upstream calls their operation made, how many it was spared, and what the cache had;
 * `age` is that of the oldest kept answer in seconds.
 */
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
          cache: { state: stateOf(record.cacheTally), age: Math.floor(record.cacheTally.oldestMs / 1000) },
        };
      },
    };
  },
};
