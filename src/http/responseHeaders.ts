import type { FastifyInstance } from 'fastify';

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

/** The security headers of every response. A response is data: what only pages need is the playground's own. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
};
