import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
  preHandlerHookHandler,
} from 'fastify';
import type { CachedResponse, ResponseCache } from '../cache/responseCache.ts';
import { debugExtensionsOf } from '../graphql/completedResponses.ts';
import { startTrace, UnparsedBody } from '../operation/request.ts';
import type { ResponseLookup } from '../operation/responseKey.ts';
import type { RequestFacts } from '../telemetry/operationRecord.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { acceptJson, jsonReader } from './jsonBodies.ts';

export type WholeResponses = {
  readonly cache: ResponseCache<RequestFacts>;
  /** Undefined for a request that must not get a cached response. */
  readonly lookupOf: (request: FastifyRequest) => ResponseLookup | undefined;
  readonly tracing: Tracing;
};

/**
 * Sends the response that the same request got before, while all cache entries it was made from are still stored and
 * fresh. Authentication, rate limit and overload are checked for each request. The other checks of an operation passed for
 * the first request, and depend only on what the key holds.
 */
export function wholeResponseHooks({ cache, lookupOf, tracing }: WholeResponses) {
  const lookups = new WeakMap<FastifyRequest, ResponseLookup>();
  return {
    preHandler(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) {
      const lookup = lookupOf(request);
      if (lookup === undefined) return done();
      const { record } = request;
      const answer = (cached: CachedResponse<RequestFacts> | undefined) => {
        if (cached === undefined) {
          if (!lookup.debug) lookups.set(request, lookup);
          return done();
        }
        startTrace(tracing, request, reply);
        Object.assign(record, cached.facts);
        const body = lookup.debug ? withExtensions(cached, debugExtensionsOf(record)) : cached.body;
        reply.type(cached.contentType).send(body);
      };
      if (lookup.anew) return answer(undefined);
      cache.get(lookup.key, record.cacheStats).then(answer).catch(done);
    },

    /** Keeps a response that may be sent again as it is. */
    keep(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
      const lookup = lookups.get(request);
      const { outcome, operation, trustedDocument, joins, cacheStats } = request.record;
      const isWhole = outcome === 'OK' && reply.statusCode === 200;
      if (lookup === undefined || typeof payload !== 'string' || operation === undefined || !isWhole) return;
      const contentType = String(reply.getHeader('content-type'));
      cache.set(lookup.key, payload, { contentType, facts: { operation, trustedDocument, joins } }, cacheStats);
    },
  };
}

/**
 * JSON bodies of this scope arrive as UnparsedBody, since a request that gets a cached response needs no parsed body.
 * Returns the hook that parses them.
 */
export function parseBodiesLate(scope: FastifyInstance): preHandlerHookHandler {
  const parse = jsonReader(scope);
  acceptJson(scope, (_request, text, done) => done(null, new UnparsedBody(text)));
  return (request, _reply, done) => {
    if (!(request.body instanceof UnparsedBody)) return done();
    parse(request, request.body.text, (error, body) => {
      request.body = body;
      done(error ?? undefined);
    });
  };
}

/** The response with extensions as its last member; a cached response has none. */
function withExtensions({ body }: CachedResponse<RequestFacts>, extensions: object): Buffer {
  const end = Buffer.from(`,"extensions":${JSON.stringify(extensions)}}`);
  return Buffer.concat([body.subarray(0, body.lastIndexOf('}')), end]);
}
