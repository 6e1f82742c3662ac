import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { ClientControlPolicy } from '../config/cache.ts';
import type { DebugPolicy } from '../config/graphql.ts';
import type { Caller } from '../model/caller.ts';
import { badUserInput } from '../model/errors.ts';
import { type DataScope, dataScopeOf } from '../model/promotionsQuery.ts';
import type { OperationRecord, OperationTrace } from '../telemetry/operationRecord.ts';
import type { RequestCredentials } from '../upstream/credentials/credentials.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined until the request is authenticated, and outside /graphql. */
    caller: Caller | undefined;
    /** For the upstream calls of the request. Undefined like the caller. */
    credentials: RequestCredentials | undefined;
    record: OperationRecord;
    /** Undefined outside /graphql, and if tracing is off. */
    trace: OperationTrace | undefined;
  }
}

/**
 * The caller of an authenticated request.
 * @throws Error if the request was not authenticated: nothing may be read for it
 */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): Caller {
  return authenticated(caller);
}

/**
 * The credentials for the upstream calls of an authenticated request.
 * @throws Error as `callerOf`
 */
export function credentialsOf({ credentials }: Pick<FastifyRequest, 'credentials'>): RequestCredentials {
  return authenticated(credentials);
}

function authenticated<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('The request was not authenticated.');
  return value;
}

/**
 * The data scope that a request's own `DATA-SCOPE` and `DATA-SCOPE-ORG` headers name, so that a router can forward them;
 * without them, the default.
 * @throws BAD_USER_INPUT for an invalid data scope.
 */
export function dataScopeOfRequest(headers: IncomingHttpHeaders, fallback: DataScope): DataScope {
  const scope = headers['data-scope'];
  const orgs = headers['data-scope-org'];
  if (scope === undefined && orgs === undefined) return fallback;
  if (typeof scope !== 'string' || Array.isArray(orgs)) {
    throw badUserInput('DATA-SCOPE-ORG requires exactly one DATA-SCOPE header.');
  }
  return dataScopeOf(
    scope.trim(),
    orgs === undefined || orgs.trim() === '' ? [] : orgs.split(',').map((id) => id.trim()),
  );
}

/** Whether a request asks for new pages with `Cache-Control: no-cache`, and the policy allows its caller to, by name or group. */
export function asksAnew({ name, group }: Caller, header: string | undefined, policy: ClientControlPolicy): boolean {
  const counts = policy.kind === 'all' || policy.callers.has(name) || policy.callers.has(group);
  return counts && header !== undefined && /(^|[\s,])no-cache\s*(,|$)/i.test(header);
}

/** Whether a request with these headers may debug. */
export type DebugPolicyCheck = (headers: IncomingHttpHeaders) => boolean;

/** Whether a request gets debug extensions: with an `x-gateway-debug` header, which must hold the token if one is set. */
export function debugAllowed(policy: DebugPolicy): DebugPolicyCheck {
  switch (policy.kind) {
    case 'off':
      return () => false;
    case 'anyone':
      return (headers) => headers['x-gateway-debug'] !== undefined;
    case 'token':
      return ({ 'x-gateway-debug': given }) => typeof given === 'string' && policy.token.matches(given);
  }
}
