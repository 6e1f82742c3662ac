import { hash, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '../config/callers.ts';
import { type Authenticator, type Caller, type DataScopeAccess, GROUPS } from '../model/caller.ts';
import type { GatewayError } from '../model/errors.ts';
import { type RefusalCause, refusal } from '../model/refusals.ts';

/** Callers with a key in `x-api-key` may read any customer. Every key is compared, so that the time taken reveals nothing. */
export function apiKeyAuthenticator(keys: readonly ApiKey[], dataScopes: DataScopeAccess): Authenticator {
  const callers = keys.map(({ name, sha256 }): { sha256: Buffer; caller: Caller } => ({
    sha256,
    caller: {
      name,
      group: groupOf(name),
      isUnchecked: false,
      customers: { kind: 'any' },
      dataScopes,
      sources: { kind: 'any' },
    },
  }));
  return async (headers) => {
    const key = headers['x-api-key'];
    if (typeof key !== 'string') throw refused('no API key');
    const digest = hash('sha256', key, 'buffer');
    let found: Caller | undefined;
    for (const { sha256, caller } of callers) {
      if (timingSafeEqual(sha256, digest)) found = caller;
    }
    if (found === undefined) throw refused('API key unknown');
    return found;
  };
}

/** A key may have the name of a group. No name has a colon. */
function groupOf(name: string): string {
  return GROUPS.some((group) => group === name) ? `key:${name}` : name;
}

function refused(cause: RefusalCause): GatewayError {
  return refusal(cause, { message: 'Missing or invalid API key. Send one in the x-api-key header.' });
}
