import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { misbehave } from './faults.ts';
import { errorBody, responseTo } from './pageResponse.ts';

/** The path of lookups. */
export const LOOKUP_PATH = '/v2.1/customers/lookup/promotionData';
const TOKEN_PATH = '/v3/oauth/token/generate';
const TOKEN_TTL_SECONDS = 300;

/** A running sandbox. `close` aborts requests in flight. */
export type Sandbox = { readonly url: string; close(): Promise<void> };

/**
 * Starts the embedded upstream: real HTTP on a free loopback port by default. It accepts any credentials or
 * none. Its token endpoint knows the client with the key `sandbox` and the secret `sandbox`.
 * @throws the system's error if it cannot listen, such as EADDRINUSE
 */
export async function startSandbox(host = '127.0.0.1', port = 0): Promise<Sandbox> {
  const server = Fastify({ forceCloseConnections: true });
  serveLookups(server);
  serveTokens(server);
  server.setNotFoundHandler((_request, reply) => reply.code(404).send(errorBody({ code: 404, message: 'Not found' })));

  await server.listen({ host, port });
  const address = server.server.address() as AddressInfo;
  return { url: `http://${host}:${address.port}`, close: () => server.close() };
}

function serveLookups(server: FastifyInstance): void {
  server.get<{ Querystring: Record<string, unknown> }>(LOOKUP_PATH, { exposeHeadRoute: false }, (request, reply) => {
    const response = responseTo(request, Date.now());
    if (response.fault === undefined) return reply.code(response.status).send(response.body);
    misbehave(response.fault, response, reply);
    return reply;
  });
}

function serveTokens(server: FastifyInstance): void {
  server.post<{ Body: { key?: unknown; secret?: unknown } | null }>(TOKEN_PATH, ({ body }, reply) => {
    if (body?.key !== 'sandbox' || body.secret !== 'sandbox') {
      return reply.code(401).send({ data: null, errors: [{ code: 401, message: 'Invalid key or secret' }] });
    }
    return reply.send({ data: { accessToken: 'sandbox-token', ttlSeconds: TOKEN_TTL_SECONDS }, errors: null });
  });
}
