import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

/** What an answer depends on beside its URL and body: another user of the same browser is not shown the first one's. */
const VARY = 'authorization, x-cap-api-oauth-token, x-api-key, data-scope, data-scope-org, accept, x-gateway-debug';

/**
 * Lets a client keep an answer without errors for as long as all its parts stay fresh in the gateway's own cache.
 * There is no Age header: `max-age` is what is left, not the whole.
 */
export function letClientsKeep(server: FastifyInstance, route: string): void {
  server.addHook('onSend', async ({ record, routeOptions }, reply) => {
    if (routeOptions.url !== route || record.outcome !== 'OK' || reply.statusCode !== 200) return;
    const { freshForMs } = record.cacheStats;
    if (!Number.isFinite(freshForMs)) return;
    const others = reply.getHeader('vary');
    reply
      .header('cache-control', `private, max-age=${Math.floor(freshForMs / 1000)}`)
      .header('vary', others === undefined ? VARY : `${others}, ${VARY}`);
  });
}

/**
 * The security headers of every answer, chosen by helmet and worked out once. An answer is data: what only pages need is
 * left out, and the playground brings a policy of its own.
 */
export function securityHeaders(): Readonly<Record<string, string>> {
  const chosen: Record<string, string> = {};
  const middleware = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  // helmet writes to a response: this one only remembers.
  const response = {
    setHeader: (name: string, value: string) => (chosen[name.toLowerCase()] = value),
    removeHeader() {},
  };
  middleware({} as IncomingMessage, response as unknown as ServerResponse, () => {});
  return chosen;
}
