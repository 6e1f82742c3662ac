import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ClientControlPolicy } from '../config/cache.ts';
import { HEADERS_OF_CLIENTS } from '../graphql/apolloServer.ts';
import type { Caller } from '../model/caller.ts';
import { MISSING_CREDENTIALS } from '../upstream/credentials/credentials.ts';
import type { DebugPolicyCheck } from './request.ts';
import { callerOf, UnparsedBody } from './request.ts';
import type { CredentialsPolicy } from './upstreamCredentials.ts';

/** The key of a request's response in the cache, and whether the request asks for a new one. */
export type ResponseLookup = { readonly key: string; readonly anew: boolean; readonly debug: boolean };

type Access = { readonly credentialsOf: CredentialsPolicy; readonly mayDebug: DebugPolicyCheck };

/**
 * Makes the key of a request from everything that its response depends on: the caller with its rights, the credentials for
 * upstream, the headers that decide about the response, and the request itself. Undefined for a request that has no
 * credentials or whose body is not JSON.
 */
export function responseLookups(
  { credentialsOf, mayDebug }: Access,
  policy: ClientControlPolicy,
): (request: FastifyRequest) => ResponseLookup | undefined {
  const rights = new WeakMap<Caller, string>();
  return (request) => {
    const { method, headers } = request;
    const caller = callerOf(request);
    const credentials = credentialsOf(headers);
    const asked = questionOf(request);
    if (credentials === MISSING_CREDENTIALS || asked === undefined) return undefined;
    if (!rights.has(caller)) rights.set(caller, rightsOf(caller));
    const parts = [
      rights.get(caller),
      credentials.distinctive.reveal(),
      headers['data-scope'],
      headers['data-scope-org'],
      headers.accept,
      headers['content-type'],
      // Any of these lets a GET pass Apollo Server's protection against cross-site request forgery.
      HEADERS_OF_CLIENTS.some((name) => Boolean(headers[name])),
      method,
    ];
    // Stored in this process only, so a plain digest is enough. The end of the JSON is known, so no two texts are equal.
    const key = hash('sha256', `${JSON.stringify(parts)}${asked}`, 'base64');
    return { key, anew: asksAnew(caller, headers['cache-control'], policy), debug: mayDebug(headers) };
  };
}

/** The part of a request that asks: the URL of a GET, the body of a POST. */
function questionOf({ method, url, body }: FastifyRequest): string | undefined {
  if (method === 'GET') return url;
  return body instanceof UnparsedBody ? body.text : undefined;
}

/** Whether a request asks for new pages with `Cache-Control: no-cache`, and the policy allows its caller to, by name or group. */
export function asksAnew({ name, group }: Caller, header: string | undefined, policy: ClientControlPolicy): boolean {
  const counts = policy.kind === 'all' || policy.callers.has(name) || policy.callers.has(group);
  return counts && header !== undefined && /(^|[\s,])no-cache\s*(,|$)/i.test(header);
}

/** The same text for callers of the same name and rights, and for no others. */
function rightsOf({ name, group, customers, dataScopes, sources }: Caller): string {
  const own =
    customers.kind === 'any'
      ? []
      : customers.identifiers.map((identifier) => [identifier.name, identifier.revealCanonical()]);
  return JSON.stringify([name, group, customers.kind, own, dataScopes, sources], (_, value: unknown) => {
    if (value instanceof Map) return [...value];
    return value instanceof Set ? [...value].sort() : value;
  });
}
