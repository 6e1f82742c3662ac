import type { ApolloServerPlugin } from '@apollo/server';
import { stateOf } from '../../cache/stats.ts';
import type { OperationRecord } from '../../telemetry/operationRecord.ts';
import type { ServerContext } from '../context.ts';

/**
 * The extensions for callers who may debug: how many upstream calls their operation made and saved, and how it used the
 * cache. `age` is the age of the oldest cached part in seconds. hits, stale, misses and renewals count pages.
 */
export function debugExtensionsOf({ stats, cacheStats }: OperationRecord) {
  const { made, deduplicated, queued, retried } = stats;
  const { wholeResponse, hits, stale, misses, renewals, oldestMs } = cacheStats;
  const age = Math.floor(oldestMs / 1000);
  return {
    upstreamCalls: { made, deduplicated, queued, retried },
    cache: { state: stateOf(cacheStats), age, wholeResponse, hits, stale, misses, renewals },
  };
}

/** Adds the debug extensions to responses. */
export const debugExtensions: ApolloServerPlugin<ServerContext> = {
  async requestDidStart({ contextValue: { debug, record } }) {
    if (!debug) return;
    return {
      async willSendResponse({ response: { body } }) {
        if (body.kind !== 'single') return;
        body.singleResult.extensions = { ...body.singleResult.extensions, ...debugExtensionsOf(record) };
      },
    };
  },
};
