import type { FastifyReply, FastifyRequest } from 'fastify';
import { Call, type Fetch, type Operation } from '../calls/call.ts';
import type { Config } from '../config/config.ts';
import { ResponseSize } from '../graphql/completedResponses.ts';
import { ProjectedValues } from '../graphql/projection/execution.ts';
import type { ServerContext } from '../graphql/resolverContext.ts';
import { ClientGone, GatewayError } from '../model/errors.ts';
import type { Keys } from '../model/keyedHash.ts';
import { Customers, DataScopes } from '../promotions/access.ts';
import type { Cursors } from '../promotions/cursor.ts';
import { PromotionsLoader } from '../promotions/promotionsLoader.ts';
import { ShortPages } from '../promotions/shortPages.ts';
import { NO_TRACING } from '../telemetry/operationRecord.ts';
import { deadlineReached } from '../upstream/causes.ts';
import { MISSING_CREDENTIALS } from '../upstream/credentials/credentials.ts';
import { asksAnew, type DebugPolicyCheck, dataScopeOfRequest, onRequestEnd, senderOf } from './request.ts';

/** Makes the context of an operation from its request: caller, credentials, deadline and loaders. */
export function operationContext(
  config: Pick<Config, 'clientControl' | 'defaultDataScope' | 'limits' | 'lookup' | 'upstream'>,
  fetch: Fetch,
  { customerIds, queries }: Pick<Keys, 'customerIds' | 'queries'>,
  cursors: Cursors,
  mayDebug: DebugPolicyCheck,
): (request: FastifyRequest, reply: FastifyReply) => Promise<ServerContext> {
  const { defaultDataScope, limits, lookup, upstream } = config;
  const shortPages = new ShortPages();
  return async (request, reply) => {
    const { headers, id: requestId, record, trace = NO_TRACING } = request;
    const { caller, credentials } = senderOf(request);
    const controller = new AbortController();
    abortAtEnd(controller, reply, upstream.deadlineMs);
    const operation: Operation = {
      credentials,
      caller: caller.name,
      callerGroup: caller.group,
      requestId,
      signal: controller.signal,
      stats: record.stats,
      anew: asksAnew(caller, headers['cache-control'], config.clientControl),
      cacheStats: record.cacheStats,
      startCall: trace.startCall,
    };
    const dataScopes = new DataScopes(caller, () => dataScopeOfRequest(headers, defaultDataScope), lookup.dataScopes);
    return {
      record,
      debug: mayDebug(headers),
      responseSize: new ResponseSize(limits.maxResponseBytes, (error) => controller.abort(error)),
      projected: new ProjectedValues(),
      customers: new Customers(caller, customerIds, limits.maxCustomers),
      dataScopes,
      promotions: new PromotionsLoader(
        async (query, window) => (await fetch(new Call(queries, query, window, operation))).content,
        dataScopes,
        shortPages.of(credentials === MISSING_CREDENTIALS ? '' : credentials.identity),
        limits.maxUpstreamCalls,
      ),
      cursors,
      maxPromotions: limits.maxPromotions,
    };
  };
}

/**
 * Aborts an operation when its client disconnects before its response is sent, and with UPSTREAM_TIMEOUT when its deadline
 * passes. (Fastify's own `request.signal` ends as soon as a body is read.)
 */
function abortAtEnd(controller: AbortController, reply: FastifyReply, deadlineMs: number): void {
  const deadline = setTimeout(() => {
    controller.abort(new GatewayError('UPSTREAM_TIMEOUT', { cause: deadlineReached(deadlineMs) }));
  }, deadlineMs);
  onRequestEnd(reply, () => {
    clearTimeout(deadline);
    if (!reply.raw.writableFinished) controller.abort(new ClientGone('The client disconnected.'));
  });
}
