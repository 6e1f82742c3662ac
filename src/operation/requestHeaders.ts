import type { IncomingHttpHeaders } from 'node:http';
import type { DebugPolicy } from '../config/graphql.ts';
import { type DataScope, dataScopeOf } from '../model/dataScope.ts';
import { badUserInput } from '../model/errors.ts';

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
