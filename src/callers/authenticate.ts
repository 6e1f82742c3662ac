import type { IncomingHttpHeaders } from 'node:http';
import type { AuthPolicy } from '../config/callers.ts';
import { anonymous, type Caller, type DataScopeAccess } from '../model/caller.ts';
import type { GatewayError } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import { apiKeyAuthenticator } from './apiKeys.ts';

/** Tells who calls by a request's headers; an error refuses the request. */
export type Authenticator = (headers: IncomingHttpHeaders) => Promise<Caller | GatewayError>;

/** The authenticator of each mode. */
export async function authenticatorOf(
  policy: AuthPolicy,
  dataScopes: DataScopeAccess,
  hash: KeyedHash,
  onKeySetFailure: () => void,
): Promise<Authenticator> {
  switch (policy.mode) {
    case 'none': {
      const caller = anonymous(dataScopes);
      return async () => caller;
    }
    case 'api-key':
      return apiKeyAuthenticator(policy.keys, dataScopes);
    case 'jwt': {
      const { jwtAuthenticator } = await import('./jwt.ts');
      return jwtAuthenticator(policy, dataScopes, hash, onKeySetFailure);
    }
  }
}
