import type { FastifyInstance } from 'fastify';

/** The request headers that a response depends on, so that a browser does not show one user's response to another. */
const VARY = 'authorization, x-cap-api-oauth-token, x-api-key, data-scope, data-scope-org, accept, x-gateway-debug';

/**
 * Lets a client cache a response without errors for as long as all its parts stay fresh in the gateway's own cache.
 * There is no Age header, since `max-age` is the remaining time.
 */
export function letClientsCache(server: FastifyInstance, route: string): void {
  server.addHook('onSend', ({ record, routeOptions }, reply, payload, done) => {
    const { freshForMs } = record.cacheStats;
    if (
      routeOptions.url === route &&
      record.outcome === 'OK' &&
      reply.statusCode === 200 &&
      Number.isFinite(freshForMs)
    ) {
      const others = reply.getHeader('vary');
      reply
        .header('cache-control', `private, max-age=${Math.floor(freshForMs / 1000)}`)
        .header('vary', others === undefined ? VARY : `${others}, ${VARY}`);
    }
    done(null, payload);
  });
}

/** The security headers of every response. They are for data; the playground's page sets its own. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
};
