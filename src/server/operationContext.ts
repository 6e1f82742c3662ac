import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CachedCallContext, PageSource } from '../cache/pageCache.ts';
import type { Config } from '../config/config.ts';
import { CustomerLookUps } from '../promotions/customer.ts';
import { PromotionsLoader } from '../promotions/loader.ts';
import type { CredentialsPolicy } from './credentialsPolicy.ts';
import { dataScopeOfRequest } from './dataScopeHeaders.ts';
import { debugAllowed } from './debug.ts';
import { operationSignal } from './operationSignal.ts';
import { asksForTrace } from './plugins/federatedTracing.ts';
import type { ServerContext } from './serverContext.ts';
import type { Tracing } from './telemetry/tracing.ts';

/** What an operation works with, made from its request: its caller, its credentials, its deadline, its own loaders. */
export function operationContext(
  config: Config,
  pages: PageSource,
  credentialsOf: CredentialsPolicy,
  tracing: Tracing,
): (request: FastifyRequest, reply: FastifyReply) => Promise<ServerContext> {
  const { defaultDataScope, defaultSource, limits, upstream } = config;
  const mayDebug = debugAllowed(config.debug);
  return async ({ headers, id: requestId, caller, record }, reply) => {
    const trace = tracing.startOperation(headers);
    reply.raw.once('close', () => trace.end(record));
    const call: CachedCallContext = {
      credentials: credentialsOf(headers),
      caller: caller.name,
      requestId,
      signal: operationSignal(reply, upstream.deadlineMs),
      tally: record.tally,
      cacheTally: record.cacheTally,
      startTrace: () => trace.startCall(),
    };
    const debug = mayDebug(headers);
    return {
      requestId,
      record,
      debug,
      traced: debug && asksForTrace(headers['apollo-federation-include-trace']),
      variables: undefined,
      customers: new CustomerLookUps(caller, () => dataScopeOfRequest(headers, defaultDataScope), {
        maxCustomers: limits.maxCustomers,
        defaultSource,
      }),
      promotions: new PromotionsLoader(
        (listing, window) => pages.fetchPage(listing, window, call),
        limits.maxPromotions,
      ),
    };
  };
}
