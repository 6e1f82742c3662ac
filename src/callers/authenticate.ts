import type { AuthPolicy } from '../config/callers.ts';
import { type Authenticator, type DataScopeAccess, unchecked } from '../model/caller.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { Endpoint } from '../upstream/endpoint.ts';
import { apiKeyAuthenticator } from './apiKeys.ts';

/**
 * The authenticator of each mode.
 * @param keySets the key set at a URL
 */
export async function authenticatorOf(
  policy: AuthPolicy,
  dataScopes: DataScopeAccess,
  hash: KeyedHash,
  keySets: (url: string) => Endpoint,
): Promise<Authenticator> {
  switch (policy.mode) {
    case 'none': {
      const anonymous = unchecked('anonymous', dataScopes);
      const passthrough = unchecked('passthrough', dataScopes);
      return async (_, bringsCredentials) => (bringsCredentials ? passthrough : anonymous);
    }
    case 'api-key':
      return apiKeyAuthenticator(policy.keys, dataScopes);
    case 'jwt': {
      const { jwtAuthenticator } = await import('./jwt.ts');
      return jwtAuthenticator(policy, dataScopes, hash, keySets(policy.jwksUrl));
    }
  }
}
