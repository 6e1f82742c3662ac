import type { IncomingHttpHeaders } from 'node:http';

/** What every subgraph gets: the request id and the trace. */
const FOR_ALL = ['x-request-id', 'traceparent', 'tracestate'];

/** What only the promotions subgraph gets: the caller's credentials, its data scope, and what it asks of the gateway. */
const FOR_PROMOTIONS = [
  'authorization',
  'x-cap-api-oauth-token',
  'x-api-key',
  'data-scope',
  'data-scope-org',
  'cache-control',
  'x-gateway-debug',
  'apollographql-client-name',
];

/**
 * The headers that a router forwards to a subgraph.
 * @param headers of the client's request
 * @param address of the client; it is added to `x-forwarded-for`, so that the gateway does not take the router for the client
 */
export function forwardedHeaders(
  subgraph: string,
  headers: IncomingHttpHeaders,
  address: string,
): Record<string, string> {
  const own = (names: readonly string[]) =>
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
  if (subgraph !== 'promotions') return Object.fromEntries(own(FOR_ALL));
  const addresses = [...own(['x-forwarded-for']).map(([, value]) => value), address].join(', ');
  return { ...Object.fromEntries(own([...FOR_ALL, ...FOR_PROMOTIONS])), 'x-forwarded-for': addresses };
}
