/**
 * What the promotions subgraph has to be told: who asks, for which organisations, as part of which request, and whether
 * they may see what the gateway did for it.
 */
const FORWARDED = [
  'authorization',
  'x-cap-api-oauth-token',
  'data-scope',
  'data-scope-org',
  'x-request-id',
  'traceparent',
  'x-gateway-debug',
] as const;

/**
 * The headers of a client's request that go on to a subgraph. Credentials and data scope are for the promotions
 * subgraph alone; the others get only the request id.
 */
export function forwardedHeaders(subgraph: string, get: (name: string) => string | undefined): Record<string, string> {
  const names = subgraph === 'promotions' ? FORWARDED : (['x-request-id', 'traceparent'] as const);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
