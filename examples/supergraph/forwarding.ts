/**
 * The headers that the promotions subgraph needs: the caller's credentials, the data scope, the request id, and the debug
 * token.
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
 * The headers of a client's request that are forwarded to a subgraph. Only the promotions subgraph gets credentials and data
 * scope. The others get only the request id.
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
