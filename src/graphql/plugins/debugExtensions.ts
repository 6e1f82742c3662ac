import type { ApolloServerPlugin } from '@apollo/server';
import { stateOf } from '../../cache/stats.ts';
import type { ServerContext } from '../context.ts';

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
        const { made, deduplicated, queued, retried } = record.stats;
        body.singleResult.extensions = {
          ...body.singleResult.extensions,
          upstreamCalls: { made, deduplicated, queued, retried },
          cache: { state: stateOf(record.cacheStats), age: Math.floor(record.cacheStats.oldestMs / 1000) },
        };
      },
    };
  },
};
