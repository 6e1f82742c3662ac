import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { withRequestId } from '../graphql/errors/maskError.ts';
import { onRequestEnd } from '../operation/request.ts';
import { type OperationRecord, recordOutcome } from '../telemetry/operationRecord.ts';
import { ByTime, type HeldBytes, holdResponse } from './heldBytes.ts';
import { type HttpTimeouts, noRoom } from './limits.ts';
import { errorBody } from './requestErrors.ts';

/** The security headers of every response. They are for data; the playground's page sets its own. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
};

/** The request headers that a response depends on, so that a browser does not show one user's response to another. */
const VARY = 'authorization, x-cap-api-oauth-token, x-api-key, data-scope, data-scope-org, accept, x-gateway-debug';

export type SendingOptions = {
  /** The route of operations. */
  readonly route: string;
  /** Keeps a whole response for the next equal request. Undefined keeps none. */
  readonly keep: ((request: FastifyRequest, reply: FastifyReply, payload: unknown) => void) | undefined;
  /** Undefined accepts no events. */
  readonly events: object | undefined;
  /** The bytes of responses that are not sent yet. */
  readonly held: HeldBytes;
  /** Whether each response is the last on its connection. */
  readonly isDraining: () => boolean;
  readonly timeouts: HttpTimeouts;
  /** Called for every request to the route, also a refused one, when its response is sent or its client has disconnected. */
  readonly onOperation: (record: OperationRecord) => void;
};

/**
 * Everything that happens to a response before it is sent, in this order, and then the end of its operation. The places,
 * deadlines and spans of operations end by the same `onRequestEnd`, where each of them begins.
 */
export function sendResponses(server: FastifyInstance, options: SendingOptions): void {
  const { route, keep, events, held, isDraining, timeouts, onOperation } = options;
  const unread = cutUnreadResponses(server, timeouts);
  server.addHook('onSend', (request, reply, payload, done) => {
    let completed = completeRequestErrors(request, reply, payload);
    keep?.(request, reply, completed);
    if (!holdResponse(held, reply, completed)) completed = refuseLate(request, reply);
    // An event ends what the gateway has, and not what a client or a cache in between has.
    if (events === undefined && request.routeOptions.url === route) letClientCache(request, reply);
    if (isDraining()) reply.header('connection', 'close');
    unread(reply);
    done(null, completed);
  });
  server.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url === route) onRequestEnd(reply, () => endOperation(request.record, reply, onOperation));
    done();
  });
}

/**
 * Some requests are refused before the plugins that complete responses run (a batch, a cross-site request, no query, a type that
 * cannot be sent). This adds the request id to such errors, and records the outcome. Returns any other payload as it is.
 */
function completeRequestErrors(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const response = reply.statusCode >= 400 ? responseIn(payload) : undefined;
  const [first] = response?.errors ?? [];
  if (response === undefined || first === undefined || first.extensions?.requestId !== undefined) return payload;
  const errors = response.errors.map((error) => withRequestId(error, request.id));
  recordOutcome(request.record, String(first.extensions?.code));
  return JSON.stringify({ ...response, errors });
}

/** What is sent instead of a response that there is no room for. */
function refuseLate(request: FastifyRequest, reply: FastifyReply): string {
  const error = noRoom();
  recordOutcome(request.record, error.code, error.cause);
  reply.code(503).header('retry-after', error.retryAfterSeconds);
  return errorBody(error, request.id);
}

/** The GraphQL response in a payload, undefined for anything else. */
function responseIn(payload: unknown): { readonly errors: readonly GraphQLFormattedError[] } | undefined {
  if (typeof payload !== 'string') return undefined;
  try {
    const response: unknown = JSON.parse(payload);
    if (typeof response !== 'object' || response === null || !('errors' in response)) return undefined;
    return Array.isArray(response.errors) ? { ...response, errors: response.errors } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Every response is `no-store`, but for the playground's files. This lets a client cache one without errors for as long as all its
 * parts stay fresh in the gateway's own cache; without that cache, none is. There is no Age header, since `max-age` is the remaining
 * time. Answers to routers' joins and to data-scope headers stay `no-store`: caches in between do not know these headers.
 */
function letClientCache({ headers, record }: FastifyRequest, reply: FastifyReply): void {
  const { outcome, joins, cacheStats } = record;
  const { freshForMs } = cacheStats;
  if (outcome !== 'OK' || reply.statusCode !== 200 || !Number.isFinite(freshForMs)) return;
  if (joins || headers['data-scope'] !== undefined || headers['data-scope-org'] !== undefined) return;
  const others = reply.getHeader('vary');
  reply
    .header('cache-control', `private, max-age=${Math.floor(freshForMs / 1000)}`)
    .header('vary', others === undefined ? VARY : `${others}, ${VARY}`);
}

/**
 * Closes the connection of a client that does not read its response in time. One timer checks all responses that are being
 * sent, since a timer for each would cost more than a small response.
 */
function cutUnreadResponses(server: FastifyInstance, { responseMs, checkEveryMs }: HttpTimeouts) {
  const unsent = new ByTime<ServerResponse>();
  const check = setInterval(() => {
    const latest = performance.now() - responseMs;
    for (const { value: response, at } of unsent) {
      if (at > latest) return;
      response.destroy();
    }
  }, checkEveryMs).unref();
  server.addHook('onClose', async () => clearInterval(check));
  return (reply: FastifyReply) => {
    const entry = unsent.add(reply.raw);
    onRequestEnd(reply, () => unsent.remove(entry));
  };
}

function endOperation(
  record: OperationRecord,
  { raw, statusCode }: FastifyReply,
  report: SendingOptions['onOperation'],
) {
  // The status is known already if the rest of the request was not HTTP.
  if (!raw.writableFinished && record.status === undefined) record.outcome = 'CLIENT_GONE';
  record.status ??= statusCode;
  report(record);
}
