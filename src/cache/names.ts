import type { KeyedHash } from '../model/keyedHash.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CredentialsSource } from '../upstream/credentials/credentials.ts';
import { type QueryKey, queryKey } from '../upstream/key.ts';

/**
 * A name that invalidates all cache entries that depend on it when it is set. There is a mark for each customer (in any source,
 * data scope and for any credentials) and for each credentials identity. It holds a keyed hash.
 */
export type Mark = string & { readonly __brand: 'Mark' };

/** Makes the names of entries and marks from keyed hashes. */
export class CacheNames {
  readonly #hash: KeyedHash;

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  keyOf({ identity }: CredentialsSource, query: PromotionsQuery): QueryKey {
    return queryKey(this.#hash, identity, query);
  }

  markOfCredentials({ identity }: CredentialsSource): Mark {
    return `credentials:${identity}` as Mark;
  }

  /** @param customerId as upstream sends it */
  markOfCustomer(customerId: string): Mark {
    return `customer:${this.#hash.of('customer', customerId)}` as Mark;
  }
}
