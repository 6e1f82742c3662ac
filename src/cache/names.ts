import type { KeyedHash } from '../model/keyedHash.ts';
import type { Window } from '../model/page.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CredentialsSource, MISSING_CREDENTIALS } from '../upstream/credentials/credentials.ts';
import { type PageRequest, pageRequest } from '../upstream/key.ts';

/**
 * A name that invalidates all cache entries that depend on it when it is set. There is a mark for each customer (in any source,
 * data scope and for any credentials) and for each credentials identity. It holds a keyed hash.
 */
export type Mark = string & { readonly __brand: 'Mark' };

/** Makes the keys of entries and the names of marks from keyed hashes. */
export class CacheNames {
  readonly #hash: KeyedHash;

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** @throws UNAUTHENTICATED without credentials */
  requestOf(
    credentials: CredentialsSource | typeof MISSING_CREDENTIALS,
    query: PromotionsQuery,
    window: Window,
  ): PageRequest {
    return pageRequest(this.#hash, credentials, query, window);
  }

  markOfCredentials({ identity }: CredentialsSource): Mark {
    return `credentials:${identity}` as Mark;
  }

  /** @param customerId as upstream sends it */
  markOfCustomer(customerId: string): Mark {
    return `customer:${this.#hash.of('customer', customerId)}` as Mark;
  }
}
