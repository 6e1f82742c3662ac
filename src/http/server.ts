import Fastify, { type FastifyError, type FastifyInstance, type onRequestAsyncHookHandler } from 'fastify';
import type { CachePolicy } from '../config/cache.ts';
import { GatewayError } from '../model/errors.ts';
import { onRequestEnd } from '../operation/requestEnd.ts';
import { requestIdOf } from '../telemetry/names.ts';
import { type OperationRecord, startRecord } from '../telemetry/operationRecord.ts';
import { addressesIn } from './addresses.ts';
import { type HttpTimeouts, limitConnections } from './connections.ts';
import { closeGracefully, type Draining } from './draining.ts';
import { type EventsOptions, serveEvents } from './eventsRoute.ts';
import { GRAPHQL, type GraphQLRouteOptions, serveGraphQL } from './graphqlRoute.ts';
import { guardAgainstOverload, type Overload } from './overload.ts';
import { type PlaygroundFacts, servePlayground, servePlaygroundIsOff } from './playgroundPage.ts';
import type { CountRequest } from './rateLimit.ts';
import { completeRequestErrors, requestErrorOf, sendRequestError } from './requestErrors.ts';
import { letClientsCache, SECURITY_HEADERS } from './responseHeaders.ts';

export type HttpServerOptions = GraphQLRouteOptions & {
  readonly rateLimitPerMinute: number | undefined;
  /** Largest request body. */
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  /** Ranges of addresses whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[];
  readonly timeouts: HttpTimeouts;
  /** Operations that may be in flight at once. */
  readonly maxInFlight: number;
  /** Counts callers' requests for all instances together; undefined counts in memory. */
  readonly countRequest: CountRequest | undefined;
  /** If the cache is on, clients may cache responses too. */
  readonly cache: CachePolicy;
  /** Undefined accepts no events. */
  readonly events: EventsOptions | undefined;
  /** The facts for the playground that browsers get at /graphql; undefined serves no playground. */
  readonly playground: PlaygroundFacts | undefined;
  /** Called for every request to /graphql, also a refused one, when its response is sent or its client has disconnected. */
  readonly onOperation: (record: OperationRecord) => void;
  readonly onUnhandledError: (error: unknown) => void;
};

export type HttpServer = {
  readonly server: FastifyInstance;
  /** From now on /readyz reports that the server will close. Requests are still accepted. */
  drain(): void;
  /** The number of operations in flight. */
  inFlight(): number;
};

/** The HTTP server: the API at /graphql, /healthz (the process runs) and /readyz (it accepts traffic). */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const headers = { ...SECURITY_HEADERS, 'cache-control': 'no-store' };
  const isTrusted = addressesIn(options.trustedProxies);
  const server = Fastify({
    bodyLimit: options.maxBodyBytes,
    forceCloseConnections: 'idle',
    // While draining, a request on an open connection gets its response, and then the connection is closed.
    return503OnClosing: false,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    // The body is only read as data by the schema's types, so none of its members can become a prototype.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    ...(options.trustedProxies.length > 0 && { trustProxy: isTrusted }),
    // Fastify refuses a path that cannot be decoded before any hook runs, and its own message would quote the path.
    frameworkErrors: (_, request, reply) => {
      request.record = startRecord(request.id);
      reply.headers(headers).header('x-request-id', request.id);
      sendRequestError(new GatewayError('BAD_REQUEST'), request, reply);
    },
    requestTimeout: options.timeouts.requestMs,
    keepAliveTimeout: 65_000,
    http: {
      headersTimeout: options.timeouts.headersMs,
      connectionsCheckingInterval: options.timeouts.checkEveryMs,
    },
  });
  server.decorateRequest('caller');
  server.decorateRequest('record');

  const draining = closeGracefully(server);
  limitConnections(server, options.maxConnections, options.timeouts, isTrusted);
  server.addHook('onRequest', (request, reply, done) => {
    request.record = startRecord(request.id, request.headers['apollographql-client-name']);
    reply.headers(headers).header('x-request-id', request.id);
    done();
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const requestError = requestErrorOf(error, request);
    if (requestError === undefined) options.onUnhandledError(error);
    return sendRequestError(requestError ?? new GatewayError('INTERNAL_SERVER_ERROR'), request, reply);
  });
  server.setNotFoundHandler((request, reply) => sendRequestError(new GatewayError('NOT_FOUND'), request, reply));

  if (options.corsOrigins.length > 0) {
    await server.register(import('@fastify/cors'), {
      origin: [...options.corsOrigins],
      methods: ['GET', 'POST'],
      maxAge: 600,
    });
  }
  if (options.playground === undefined) servePlaygroundIsOff(server);
  else await servePlayground(server, options.playground);
  server.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url === GRAPHQL) {
      onRequestEnd({ request: request.raw, response: reply.raw }, () => {
        if (!reply.raw.writableFinished) request.record.outcome = 'CLIENT_GONE';
        request.record.status = reply.statusCode;
        options.onOperation(request.record);
      });
    }
    done();
  });
  if (options.cache.kind === 'on') letClientsCache(server, GRAPHQL);
  const overload = guardAgainstOverload(server, GRAPHQL, {
    maxInFlight: options.maxInFlight,
    eventLoopDelayMs: options.timeouts.eventLoopDelayMs,
  });
  serveHealth(server, draining, overload);
  completeRequestErrors(server);
  await serveGraphQL(server, options, await rateLimit(options));
  if (options.events !== undefined) serveEvents(server, options.events, options.corsOrigins.length > 0);
  return { server, drain: draining.drain, inFlight: overload.inFlight };
}

/** The limiter is loaded only if there is a limit. */
async function rateLimit({
  rateLimitPerMinute,
  countRequest,
}: HttpServerOptions): Promise<onRequestAsyncHookHandler[]> {
  if (rateLimitPerMinute === undefined) return [];
  const { countInMemory, limitRequests } = await import('./rateLimit.ts');
  return [limitRequests(rateLimitPerMinute, countRequest ?? countInMemory(rateLimitPerMinute))];
}

function serveHealth(server: FastifyInstance, { isDraining }: Draining, overload: Overload): void {
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_, reply) => {
    const status = isDraining() ? 'draining' : overload.error() === undefined ? 'ready' : 'overloaded';
    return reply.code(status === 'ready' ? 200 : 503).send({ status });
  });
}
