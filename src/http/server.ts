import { METHODS } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type onRequestAsyncHookHandler,
} from 'fastify';
import { GatewayError } from '../model/errors.ts';
import { onRequestEnd } from '../operation/request.ts';
import type { RequestsState } from '../telemetry/metrics.ts';
import { requestIdOf, startRecord, type Tracing } from '../telemetry/operationRecord.ts';
import { addressesIn, BusiestAddress } from './addresses.ts';
import { type EventsOptions, serveEvents } from './eventsRoute.ts';
import { GRAPHQL, type GraphQLRouteOptions, serveGraphQL } from './graphqlRoute.ts';
import { holdBodies } from './heldBytes.ts';
import { type ConnectionBound, guardAgainstOverload, limitConnections, type Overload } from './limits.ts';
import { type PlaygroundFacts, servePlayground, servePlaygroundIsOff } from './playgroundPage.ts';
import type { CountRequest } from './rateLimit.ts';
import { requestErrorOf, sendRequestError } from './requestErrors.ts';
import { SECURITY_HEADERS, type SendingOptions, sendResponses } from './sending.ts';
import { UnroutedRequests } from './unroutedRequests.ts';
import { type WholeResponses, wholeResponseHooks } from './wholeResponses.ts';

export type HttpServerOptions = GraphQLRouteOptions &
  Pick<SendingOptions, 'held' | 'timeouts' | 'onOperation'> & {
    /** Undefined while the cache is off. */
    readonly wholeResponses: WholeResponses | undefined;
    readonly rateLimitPerMinute: number | undefined;
    /** Largest request body. */
    readonly maxBodyBytes: number;
    readonly maxConnections: number;
    /** Ranges of addresses whose `X-Forwarded-For` is trusted. */
    readonly trustedProxies: readonly string[];
    /** Operations that may be in flight at once. */
    readonly maxInFlight: number;
    /** Counts callers' requests for all instances together; undefined counts in memory. */
    readonly countRequest: CountRequest | undefined;
    /** Undefined accepts no events. */
    readonly events: EventsOptions | undefined;
    /** The facts for the playground that browsers get at /graphql; undefined serves no playground. */
    readonly playground: PlaygroundFacts | undefined;
    /** Called for every request with HTTP 404. */
    readonly onNotFound: (requestId: string) => void;
    /** Called for every connection that is closed before anything is read from it. */
    readonly onConnectionRefused: (bound: ConnectionBound) => void;
    readonly onUnhandledError: (error: unknown) => void;
    /** Starts the span of a request to /graphql. Undefined if tracing is off. */
    readonly startTrace: Tracing['startOperation'];
  };

export type HttpServer = RequestsState & {
  readonly server: FastifyInstance;
  /** From now on /readyz reports that the server will close. Requests are still accepted. */
  drain(): void;
};

/** The HTTP server: the API at /graphql, /healthz (the process runs) and /readyz (it accepts traffic). */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { corsOrigins, events, held, maxConnections, maxInFlight, playground, startTrace, timeouts } = options;
  const cors = corsOrigins.length > 0;
  const isTrusted = addressesIn(options.trustedProxies);
  const addresses = new BusiestAddress();
  const server = emptyServer(options, cors, isTrusted, addresses);
  const draining = closeGracefully(server);
  limitConnections(server, maxConnections, isTrusted, options.onConnectionRefused);
  sendErrors(server, options);
  if (cors) await allowOrigins(server, corsOrigins);
  if (playground === undefined) servePlaygroundIsOff(server);
  else await servePlayground(server, playground);
  holdBodies(server, held);
  const cached = options.wholeResponses && wholeResponseHooks(options.wholeResponses);
  sendResponses(server, { ...options, route: GRAPHQL, keep: cached?.keep, isDraining: draining.isDraining });
  if (startTrace !== undefined) traceOperations(server, startTrace);
  requireHost(server);
  const { eventLoopDelayMs } = timeouts;
  const overload = guardAgainstOverload(server, GRAPHQL, { maxInFlight, eventLoopDelayMs }, held);
  serveHealth(server, draining, overload);
  await serveGraphQL(server, options, await rateLimit(options), cached?.preHandler);
  if (events !== undefined) await server.register(async (scope) => serveEvents(scope, events, cors));
  return {
    server,
    drain: draining.drain,
    inFlight: overload.inFlight,
    busiestAddressShare: () => addresses.share(),
  };
}

/** The newest response of each connection. */
const newest = new WeakMap<Socket, FastifyReply>();

/**
 * A server without routes, which begins the record of each request.
 * @param addresses counts the requests to /graphql
 */
function emptyServer(
  { maxBodyBytes, onOperation, timeouts, trustedProxies }: HttpServerOptions,
  cors: boolean,
  isTrusted: (address: string) => boolean,
  addresses: BusiestAddress,
): FastifyInstance {
  const headers = { ...SECURITY_HEADERS, 'cache-control': 'no-store' };
  const unrouted = new UnroutedRequests(headers, cors, onOperation);
  const server = Fastify({
    bodyLimit: maxBodyBytes,
    forceCloseConnections: 'idle',
    // It would also bound the time in which requests in flight get their response at the end. A start waits for nothing here.
    pluginTimeout: 0,
    // While draining, a request on an open connection gets its response, and then the connection is closed.
    return503OnClosing: false,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    // The body is only read as data by the schema's types, so none of its members can become a prototype.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    ...(trustedProxies.length > 0 && { trustProxy: isTrusted }),
    frameworkErrors: (_, request, reply) => unrouted.refusedByRouter(request, reply),
    clientErrorHandler: (error, socket) => unrouted.refusedByParser(error, socket, newest.get(socket)),
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: 65_000,
    http: {
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: timeouts.checkEveryMs,
      // Node's own response to a request without a Host has no body.
      requireHostHeader: false,
    },
  });
  for (const method of METHODS) if (!server.supportedMethods.includes(method)) server.addHttpMethod(method);
  // Where no route accepts a body, none is read.
  server.removeAllContentTypeParsers();
  for (const member of ['sender', 'record', 'trace']) server.decorateRequest(member);
  server.addHook('onRequest', (request, reply, done) => {
    request.record = startRecord(request.id, request.headers['apollographql-client-name']);
    reply.headers(headers).header('x-request-id', request.id);
    newest.set(request.raw.socket, reply);
    if (request.routeOptions.url === GRAPHQL) addresses.count(request.ip);
    done();
  });
  return server;
}

/** Every error, and every path that there is not, has a response of the same form. */
function sendErrors(server: FastifyInstance, { onNotFound, onUnhandledError }: HttpServerOptions): void {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const requestError = requestErrorOf(error, request);
    if (requestError === undefined) onUnhandledError(error);
    return sendRequestError(requestError ?? new GatewayError('INTERNAL_SERVER_ERROR'), request, reply);
  });
  server.setNotFoundHandler((request, reply) => {
    onNotFound(request.id);
    return sendRequestError(new GatewayError('NOT_FOUND'), request, reply);
  });
}

/** The response headers that pages of other origins may read, besides those that any page may. */
const EXPOSED_HEADERS = ['x-request-id', 'retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'];

/** Lets pages of these origins call. */
async function allowOrigins(server: FastifyInstance, origins: readonly string[]): Promise<void> {
  await server.register(import('@fastify/cors'), {
    origin: [...origins],
    methods: ['GET', 'POST'],
    exposedHeaders: EXPOSED_HEADERS,
    // OPTIONS is answered without a preflight's headers too.
    strictPreflight: false,
    maxAge: 600,
  });
}

const METHODS_OF_OPERATIONS: ReadonlySet<string> = new Set(['GET', 'POST']);

/** Starts the span of each operation after it is counted. It ends with the response. */
function traceOperations(server: FastifyInstance, startTrace: NonNullable<Tracing['startOperation']>): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { method, headers, record } = request;
    if (request.routeOptions.url !== GRAPHQL || !METHODS_OF_OPERATIONS.has(method)) return done();
    const trace = startTrace(method, headers);
    request.trace = trace;
    record.traceId = trace.traceId;
    onRequestEnd(reply, () => trace.end(record));
    trace.run(done);
  });
  // What comes after a body follows from its connection, not from the hook before it.
  server.addHook('preValidation', ({ trace }, _, done) => (trace === undefined ? done() : trace.run(done)));
}

/** The Host is not used, but HTTP/1.1 requires one. An empty one is valid. An Expect that nobody knows is ignored. */
function requireHost(server: FastifyInstance): void {
  server.addHook('onRequest', ({ headers, raw }, _, done) => {
    const isMissing = headers.host === undefined && raw.httpVersion === '1.1';
    done(isMissing ? new GatewayError('BAD_REQUEST', { message: 'The Host header is missing. Send one.' }) : undefined);
  });
  server.server.on('checkExpectation', server.routing);
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

/** A draining instance still accepts requests, but closes each connection after its response. */
type Draining = {
  isDraining(): boolean;
  /** From now on, each response is the last on its connection. */
  drain(): void;
};

/** How many connections the system holds until they are accepted: Node's default. */
const BACKLOG = 511;

/**
 * Resolves once what has come was read. After this process stood still, connections wait to be accepted, which Node does with one
 * in each turn of its event loop, and their requests wait to be read a turn later.
 */
async function nothingArrives(accepted: () => number): Promise<void> {
  let before = -1;
  for (let turn = 0, quiet = 0; turn < BACKLOG && quiet < 3; turn++) {
    quiet = accepted() === before ? quiet + 1 : 0;
    before = accepted();
    await nextTurn();
  }
}

/** Whether a connection never had a request, or goes on with one that has its response. */
function isWaitedForInVain(reply: FastifyReply | undefined): boolean {
  return reply === undefined || (reply.raw.writableFinished && !reply.request.raw.complete);
}

/**
 * Lets the server close as soon as all requests in flight have their response. Node itself closes only idle connections: it
 * waits for those in use at that time, and for others in vain.
 */
function closeGracefully(server: FastifyInstance): Draining {
  let draining = false;
  const open = new Set<Socket>();
  let accepted = 0;
  server.server.on('connection', (socket: Socket) => {
    accepted++;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.addHook('preClose', async () => {
    draining = true;
    await nothingArrives(() => accepted);
    for (const socket of open) if (isWaitedForInVain(newest.get(socket))) socket.destroy();
  });
  return {
    isDraining: () => draining,
    drain: () => {
      draining = true;
    },
  };
}
