import { hash, timingSafeEqual } from 'node:crypto';
import type { Authenticator, Caller, DataScopeAccess } from '../model/caller.ts';
import { GatewayError } from '../model/errors.ts';

/** A key's name and its SHA-256. The gateway does not know the key itself. */
export type ApiKey = { readonly name: string; readonly sha256: Buffer };

/** Callers with a key in `x-api-key` may read any customer. Every key is compared, so that the time taken reveals nothing. */
export function apiKeyAuthenticator(keys: readonly ApiKey[], dataScopes: DataScopeAccess): Authenticator {
  const callers = keys.map(({ name, sha256 }): { sha256: Buffer; caller: Caller } => ({
    sha256,
    caller: { name, group: name, isAnonymous: false, customers: { kind: 'any' }, dataScopes, sources: { kind: 'any' } },
  }));
  return async (headers) => {
    const key = headers['x-api-key'];
    if (typeof key !== 'string') return unauthenticated();
    const digest = hash('sha256', key, 'buffer');
    let found: Caller | undefined;
    for (const { sha256, caller } of callers) {
      if (timingSafeEqual(sha256, digest)) found = caller;
    }
    return found ?? unauthenticated();
  };
}

function unauthenticated(): GatewayError {
  return new GatewayError('UNAUTHENTICATED', {
    message: 'Missing or invalid API key. Send one in the x-api-key header.',
  });
}
