import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import type { GatewayContext } from '../graphql/context.ts';
import { buildGatewaySchema } from '../graphql/schema.ts';
import { ANONYMOUS } from '../model/caller.ts';
import { KeyedHash } from '../model/keyedHash.ts';
import { CustomerLookUps } from '../promotions/customer.ts';
import { PromotionsLoader } from '../promotions/loader.ts';
import { LocalBudget, UNBOUNDED } from '../upstream/budget.ts';
import { UpstreamClient } from '../upstream/client.ts';
import { createTransport } from '../upstream/transport.ts';
import { credentialsPolicy } from './credentialsPolicy.ts';
import { dataScopeOfRequest } from './dataScopeHeaders.ts';
import { createGraphQLServer } from './graphqlServer.ts';
import { operationSignal } from './operationSignal.ts';
import { operationLimits } from './plugins/operationLimits.ts';
import { createHttpServer } from './server.ts';

export type Gateway = {
  /** Where the API is, as `http://host:port/graphql`. */
  readonly url: string;
  /** Stops accepting, and resolves once everything in flight is answered. */
  close(): Promise<void>;
};

/**
 * Starts serving. `upstreamUrl` is the real upstream or the sandbox; the sandbox asks for no credentials.
 */
export async function startGateway(
  config: Config,
  upstream: { readonly url: string; readonly sandbox: boolean },
): Promise<Gateway> {
  const hash = new KeyedHash(randomBytes(32));
  const transport = createTransport({
    baseUrl: upstream.url,
    timeoutMs: config.upstream.timeoutMs,
    maxBytes: config.upstream.maxBytes,
    maxSockets: config.upstream.concurrency,
  });
  const { requestsPerMinute, queueMs, concurrency, retries, deadlineMs } = config.upstream;
  const client = new UpstreamClient({
    transport,
    hash,
    budget: requestsPerMinute === undefined ? UNBOUNDED : new LocalBudget(requestsPerMinute),
    queueMs,
    concurrency,
    retries,
    events: { callEnded() {}, drifted() {}, circuitChanged() {} },
  });
  const credentialsOf = credentialsPolicy(config, upstream, hash);

  const contextOf = async (request: FastifyRequest, reply: FastifyReply): Promise<GatewayContext> => {
    const { headers, id: requestId } = request;
    const caller = ANONYMOUS;
    const call = {
      credentials: credentialsOf(headers),
      caller: caller.name,
      requestId,
      signal: operationSignal(reply, deadlineMs),
      tally: { made: 0, collapsed: 0, queued: 0, retried: 0 },
    };
    return {
      requestId,
      customers: new CustomerLookUps(caller, () => dataScopeOfRequest(headers, config.defaultDataScope), {
        maxCustomers: config.limits.maxCustomers,
        defaultSource: config.defaultSource,
      }),
      promotions: new PromotionsLoader(
        (listing, window) => client.fetchPage(listing, window, call),
        config.limits.maxPromotions,
      ),
    };
  };

  const apollo = createGraphQLServer({
    schema: buildGatewaySchema(),
    introspection: config.introspection,
    production: config.production,
    limits: config.limits,
    plugins: [operationLimits(config.limits)],
    onDefect: (error) => console.error(error),
  });
  await apollo.start();
  const server = createHttpServer({ apollo, contextOf, bodyLimit: config.limits.maxBodyBytes });
  await server.listen({ host: config.host, port: config.port });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://${config.host}:${port}/graphql`,
    async close() {
      await server.close();
      await apollo.stop();
      transport.close();
    },
  };
}
