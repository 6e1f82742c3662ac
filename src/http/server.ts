import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Authenticator } from '../callers/authenticator.ts';
import type { CachePolicy } from '../config/cache.ts';
import type { ServerContext } from '../graphql/context.ts';
import type { Caller } from '../model/caller.ts';
import { GatewayError } from '../model/errors.ts';
import { type OperationRecord, startRecord } from '../telemetry/operationRecord.ts';
import { closeGracefully, type Draining } from './draining.ts';
import { guardAgainstOverload, type Overload, type OverloadLimits } from './overload.ts';
import { type PlaygroundFacts, servePlayground, servePlaygroundIsOff } from './playgroundPage.ts';
import { completeRequestErrors, requestErrorOf, sendRequestError, sendUnexecuted } from './requestErrors.ts';
import { letClientsKeep, securityHeaders } from './responseHeaders.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
    record: OperationRecord;
  }
}

const GRAPHQL = '/graphql';

/** How many milliseconds a client may take to send a request's head and the whole of it, and how often that is checked. */
export type HttpTimeouts = { readonly headersMs: number; readonly requestMs: number; readonly checkEveryMs: number };

/** A client that sends its request a byte at a time, or none at all, does not keep its socket. */
export const HTTP_TIMEOUTS: HttpTimeouts = { headersMs: 15_000, requestMs: 30_000, checkEveryMs: 5_000 };

export type HttpServerOptions = {
  readonly apollo: ApolloServer<ServerContext>;
  readonly authenticate: Authenticator;
  readonly contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<ServerContext>;
  /** Largest request body. */
  readonly maxBodyBytes: number;
  readonly timeouts: HttpTimeouts;
  readonly overload: OverloadLimits;
  /** Requests a caller may send in a minute; undefined sets no limit. */
  readonly rateLimitPerMinute: number | undefined;
  /** Counts them for all instances together; undefined counts in memory. */
  readonly rateLimitStore: FastifyRateLimitStoreCtor | undefined;
  /** If the cache is on, clients may cache responses too. */
  readonly cache: CachePolicy;
  /** Origins whose pages may call; none closes CORS. */
  readonly corsOrigins: readonly string[];
  /** What the playground that browsers get at /graphql is told; undefined serves none. */
  readonly playground: PlaygroundFacts | undefined;
  /** Told of every request to /graphql, refused ones among them, once it is answered or its client is gone. */
  readonly onOperation: (record: OperationRecord) => void;
  /** Told how many operations are under way whenever that changes. */
  readonly onInFlight: (count: number) => void;
  readonly onUnhandledError: (error: unknown) => void;
};

/** A server, and how to announce that it will close: /readyz says so from then on, while requests are still taken. */
export type HttpServer = { readonly server: FastifyInstance; drain(): void };

/** The HTTP edge: the API at /graphql, /healthz (alive) and /readyz (may take traffic). */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = Fastify({
    bodyLimit: options.maxBodyBytes,
    forceCloseConnections: 'idle',
    // What still comes on a connection that is open while draining is answered, and its connection closed.
    return503OnClosing: false,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    // What a body names is read as data by the schema's own types: no member of it becomes a prototype.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    requestTimeout: options.timeouts.requestMs,
    keepAliveTimeout: 65_000,
    http: {
      headersTimeout: options.timeouts.headersMs,
      connectionsCheckingInterval: options.timeouts.checkEveryMs,
    },
  });
  const headers = { ...securityHeaders(), 'cache-control': 'no-store' };
  server.decorateRequest('caller');
  server.decorateRequest('record');

  const draining = closeGracefully(server);
  server.addHook('onRequest', (request, reply, done) => {
    request.record = startRecord(request.id);
    reply.headers(headers).header('x-request-id', request.id);
    done();
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = requestErrorOf(error);
    if (refusal === undefined) options.onUnhandledError(error);
    if (request.record) request.record.outcome = refusal?.code ?? 'INTERNAL_SERVER_ERROR';
    return sendRequestError(refusal ?? new GatewayError('INTERNAL_SERVER_ERROR'), request, reply);
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
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) request.record.outcome = 'CLIENT_GONE';
        options.onOperation(request.record);
      });
    }
    done();
  });
  if (options.cache.kind === 'on') letClientsKeep(server, GRAPHQL);
  const overload = await guardAgainstOverload(server, GRAPHQL, options.overload, options.onInFlight);
  if (options.rateLimitPerMinute !== undefined) {
    const { limitCallers } = await import('./rateLimit.ts');
    await limitCallers(
      server,
      options.rateLimitPerMinute,
      ({ caller, ip }) => (caller.name === 'anonymous' ? ip : caller.name),
      options.rateLimitStore,
    );
  }
  serveHealth(server, draining, overload);
  completeRequestErrors(server);
  serveGraphQL(server, options);
  return { server, drain: draining.drain };
}

function serveHealth(server: FastifyInstance, { isDraining }: Draining, overload: Overload): void {
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_, reply) => {
    const status = isDraining() ? 'draining' : overload.refusal() === undefined ? 'ready' : 'overloaded';
    return reply.code(status === 'ready' ? 200 : 503).send({ status });
  });
}

function serveGraphQL(server: FastifyInstance, options: HttpServerOptions): void {
  const { apollo, authenticate, contextOf, rateLimitPerMinute } = options;
  server.route({
    method: ['GET', 'POST'],
    url: GRAPHQL,
    config: rateLimitPerMinute === undefined ? {} : { rateLimit: {} },
    // Before the body is read: nobody unknown makes the gateway parse anything.
    onRequest: async (request, reply) => {
      const caller = await authenticate(request.headers);
      if (caller instanceof GatewayError) {
        request.record.outcome = caller.code;
        return sendUnexecuted(caller, request, reply);
      }
      request.caller = caller;
      request.record.caller = caller.name;
      request.record.callerGroup = caller.group;
    },
    handler: fastifyApolloHandler(apollo, { context: contextOf }),
  });
}

const ACCEPTABLE = /^[A-Za-z0-9._:+/=-]{1,128}$/;

/** The client's `x-request-id` where it can travel in a header and a log line as it is, else a new one. */
function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && ACCEPTABLE.test(header) ? header : randomUUID();
}
