import type { CustomerIdentifier } from '../model/identifier.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CredentialsSource } from '../upstream/credentials/credentials.ts';
import { type QueryKey, queryKey } from '../upstream/key.ts';

/**
 * A name that invalidates all cache entries that depend on it when it is set. There is a mark for each customer identifier
 * (in any source, data scope and for any credentials) and for each credentials identity. It holds a keyed hash.
 */
export type Mark = string & { readonly __brand: 'Mark' };

/** The marks that an entry depends on. */
export type EntryMarks = {
  readonly credentials: Mark;
  /** Of the identifier that the customer was looked up by. */
  readonly identifier: Mark;
  /** Of the customer's id, if the page holds it. Setting the identifier's mark also sets this one. */
  readonly customer: Mark | undefined;
};

/** Makes the names of entries and marks from keyed hashes. */
export class CacheNames {
  readonly #hash: KeyedHash;

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  keyOf({ identity }: CredentialsSource, query: PromotionsQuery): QueryKey {
    return queryKey(this.#hash, identity, query);
  }

  /** @param customerId as in the page; null if the page has none */
  marksOf(source: CredentialsSource, { identifier }: PromotionsQuery, customerId: string | null): EntryMarks {
    return {
      credentials: this.markOfCredentials(source),
      identifier: this.#markOf(identifier.name, identifier.revealCanonical()),
      customer: customerId === null ? undefined : this.#markOf('ID', customerId),
    };
  }

  markOfCredentials({ identity }: CredentialsSource): Mark {
    return `credentials:${identity}` as Mark;
  }

  marksOfCustomer(identifiers: readonly CustomerIdentifier[]): readonly Mark[] {
    return identifiers.map((identifier) => this.#markOf(identifier.name, identifier.revealCanonical()));
  }

  #markOf(name: string, canonical: string): Mark {
    return `customer:${this.#hash.of('customer', name, canonical)}` as Mark;
  }
}

/** All marks of an entry, each once. */
export function allOf({ credentials, identifier, customer }: EntryMarks): readonly Mark[] {
  return [...new Set(customer === undefined ? [credentials, identifier] : [credentials, identifier, customer])];
}
