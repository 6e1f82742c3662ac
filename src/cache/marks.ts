import type { KeyedHash } from '../model/keyedHash.ts';
import type { CredentialsSource } from '../upstream/credentials/credentials.ts';

/**
 * A name that invalidates all cache entries that depend on it when it is set. There is a mark for each customer (in any source,
 * data scope and for any credentials) and for each credentials identity. It holds a keyed hash.
 */
export type Mark = string & { readonly __brand: 'Mark' };

export function markOfCredentials({ identity }: CredentialsSource): Mark {
  return `credentials:${identity}` as Mark;
}

/** @param customerId as upstream sends it */
export function markOfCustomer(hash: KeyedHash, customerId: string): Mark {
  return `customer:${hash.of('customer', customerId)}` as Mark;
}
