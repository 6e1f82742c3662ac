import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { CachedResponse, ResponseCache } from '../cache/responseCache.ts';
import type { ClientControlPolicy } from '../config/cache.ts';
import { HEADERS_OF_CLIENTS } from '../graphql/apolloServer.ts';
import { debugExtensionsOf } from '../graphql/completedResponses.ts';
import type { Caller } from '../model/caller.ts';
import { asksAnew, type DebugPolicyCheck, senderOf } from '../operation/request.ts';
import type { RequestFacts } from '../telemetry/operationRecord.ts';
import { MISSING_CREDENTIALS } from '../upstream/credentials/credentials.ts';

export type WholeResponses = {
  readonly cache: ResponseCache<RequestFacts>;
  readonly mayDebug: DebugPolicyCheck;
  /** Who may ask for a new response. */
  readonly clientControl: ClientControlPolicy;
};

/**
 * Sends the response that the same request got before, while lookups find all cache entries again that it was made from, and
 * these are fresh. Authentication, rate limit and overload are checked for each request. The other checks of an operation passed for
 * the first request, and depend only on what the key holds.
 */
export function wholeResponseHooks({ cache, mayDebug, clientControl }: WholeResponses) {
  const lookupOf = responseLookups(mayDebug, clientControl);
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

/** The key of a request's response in the cache, and whether the request asks for a new one. */
type ResponseLookup = { readonly key: string; readonly anew: boolean; readonly debug: boolean };

/**
 * Makes the key of a request from everything that its response depends on: the caller with its rights, the credentials for
 * upstream, the headers that decide about the response, and the request itself. Undefined for a request that has no
 * credentials or whose body is not JSON.
 */
function responseLookups(
  mayDebug: DebugPolicyCheck,
  policy: ClientControlPolicy,
): (request: FastifyRequest) => ResponseLookup | undefined {
  const rights = new WeakMap<Caller, string>();
  return (request) => {
    const { method, headers } = request;
    const { caller, credentials } = senderOf(request);
    const asked = questionOf(request);
    if (credentials === MISSING_CREDENTIALS || asked === undefined) return undefined;
    if (!rights.has(caller)) rights.set(caller, rightsOf(caller));
    const parts = [
      rights.get(caller),
      credentials.identity,
      headers['data-scope'],
      headers['data-scope-org'],
      headers.accept,
      headers['content-type'],
      // Any of these lets a GET pass Apollo Server's protection against cross-site request forgery.
      HEADERS_OF_CLIENTS.some((name) => Boolean(headers[name])),
      method,
    ];
    // Stored in this process only, so a plain digest is enough. The end of the JSON is known, so no two texts are equal.
    const key = hash('sha256', `${JSON.stringify(parts)}${asked}`, 'base64');
    return { key, anew: asksAnew(caller, headers['cache-control'], policy), debug: mayDebug(headers) };
  };
}

/** The part of a request that asks: the URL of a GET, the body of a POST, which is not parsed yet. */
function questionOf({ method, url, body }: FastifyRequest): string | undefined {
  if (method === 'GET') return url;
  return typeof body === 'string' ? body : undefined;
}

/** The same text for callers of the same name and rights, and for no others. */
function rightsOf({ name, group, customers, dataScopes, sources }: Caller): string {
  const own =
    customers.kind === 'any'
      ? []
      : customers.identifiers.map((identifier) => [identifier.name, identifier.revealCanonical()]);
  return JSON.stringify([name, group, customers.kind, own, dataScopes, sources], (_, value: unknown) => {
    if (value instanceof Map) return [...value];
    return value instanceof Set ? [...value].sort() : value;
  });
}

/** The response with extensions as its last member; a cached response has none. */
function withExtensions({ body }: CachedResponse<RequestFacts>, extensions: object): Buffer {
  const end = Buffer.from(`,"extensions":${JSON.stringify(extensions)}}`);
  return Buffer.concat([body.subarray(0, body.lastIndexOf('}')), end]);
}
