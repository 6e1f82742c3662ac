import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyReply } from 'fastify';
import { reactTo } from './answer.ts';
import type { SandboxCustomer } from './customers.ts';

const SLOW_MS = 30_000;
const TOKEN_TTL_SECONDS = 300;

export type Sandbox = { readonly url: string; close(): Promise<void> };

/** Starts the embedded upstream: real HTTP on a free loopback port unless told otherwise. */
export async function startSandbox({
  host = '127.0.0.1',
  port = 0,
}: {
  host?: string;
  port?: number;
}): Promise<Sandbox> {
  const server = Fastify({ forceCloseConnections: true });
  const pending = new Set<NodeJS.Timeout>();

  server.get<{ Querystring: Record<string, string> }>('/v2.1/customers/lookup/promotionData', (request, reply) => {
    const { 'data-scope': dataScope, 'data-scope-org': dataScopeOrg } = request.headers;
    const reaction = reactTo(
      { query: request.query, dataScope: single(dataScope), dataScopeOrg: single(dataScopeOrg) },
      Date.now(),
    );
    if (reaction.kind === 'answer') return reply.code(reaction.status).send(reaction.body);
    misbehave(reaction.customer, reply, pending);
    return reply;
  });

  server.post<{ Body: { key?: unknown; secret?: unknown } | null }>('/v3/oauth/token/generate', (request, reply) => {
    if (request.body?.key !== 'sandbox' || request.body.secret !== 'sandbox') {
      return reply.code(401).send({ data: null, errors: [{ code: 401, message: 'Invalid key or secret' }] });
    }
    return reply.send({ data: { accessToken: 'sandbox-token', ttlSeconds: TOKEN_TTL_SECONDS }, errors: null });
  });

  await server.listen({ host, port });
  const address = server.server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}`,
    async close() {
      for (const timer of pending) clearTimeout(timer);
      await server.close();
    },
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

function misbehave({ behaviour }: SandboxCustomer, reply: FastifyReply, pending: Set<NodeJS.Timeout>): void {
  switch (behaviour.kind) {
    case 'rate-limited':
      reply
        .code(429)
        .header('retry-after', '1')
        .send({ errors: [{ status: false, code: 429, message: 'Too many requests' }] });
      break;
    case 'failing':
      reply.code(500).type('text/plain').send('Internal Server Error');
      break;
    case 'slow': {
      const timer = setTimeout(() => {
        pending.delete(timer);
        reply.send({ pageDetails: null, customerId: null, promotions: [], warnings: [] });
      }, SLOW_MS);
      pending.add(timer);
      break;
    }
    case 'broken':
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      reply.raw.write('{"pageDetails": {"pageNumber": 0', () => reply.raw.destroy());
      break;
    case 'not-json':
      reply.type('text/html').send('<!doctype html><title>Maintenance</title><h1>Back soon</h1>');
      break;
    default:
      reply.code(200).send({ errors: [{ status: false, code: 1000, message: 'Request refused' }] });
  }
}
