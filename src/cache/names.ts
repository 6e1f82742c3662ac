import type { CustomerIdentifier } from '../model/identifier.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CredentialsSource } from '../upstream/credentials/credentials.ts';
import { type QueryKey, queryKey } from '../upstream/key.ts';

/** The keys of a query's entries: the key under the current secret, then the key under the previous one, if any. */
export type QueryKeys = readonly [QueryKey, ...QueryKey[]];

/**
 * A name that invalidates all cache entries that depend on it when it is set. There is a mark for each customer identifier
 * (in any source, data scope and for any credentials) and for each credentials identity. It holds a keyed hash.
 */
export type Mark = string & { readonly __brand: 'Mark' };

/**
 * The marks that an entry depends on. Each member holds one mark, or two while a secret is replaced: under the current secret
 * first, then under the previous one.
 */
export type EntryMarks = {
  readonly credentials: readonly Mark[];
  /** Of the identifier that the customer was looked up by. */
  readonly identifier: readonly Mark[];
  /** Of the customer's id, if the page holds it. Setting the identifier's mark also sets this one. */
  readonly customer: readonly Mark[];
};

/**
 * Makes the names of entries and marks from keyed hashes. While a secret is replaced, each has a name under both secrets, so
 * that instances with only one of them find each other's entries.
 */
export class CacheNames {
  readonly #hashes: readonly [KeyedHash, ...KeyedHash[]];

  /** @param hashes of the current secret, then of the previous one */
  constructor(hashes: readonly [KeyedHash, ...KeyedHash[]]) {
    this.#hashes = hashes;
  }

  keysOf(source: CredentialsSource, query: PromotionsQuery): QueryKeys {
    const [current, ...previous] = this.#hashes;
    return [
      queryKey(current, source.identity, query),
      ...previous.map((hash) => queryKey(hash, source.identityUnder(hash), query)),
    ];
  }

  /** @param customerId as in the page; null if the page has none */
  marksOf(source: CredentialsSource, { identifier }: PromotionsQuery, customerId: string | null): EntryMarks {
    return {
      credentials: this.marksOfCredentials(source),
      identifier: this.#marksOf(identifier.name, identifier.revealCanonical()),
      customer: customerId === null ? [] : this.#marksOf('ID', customerId),
    };
  }

  marksOfCredentials(source: CredentialsSource): readonly Mark[] {
    return this.#hashes.map(
      (hash, index) => `credentials:${index === 0 ? source.identity : source.identityUnder(hash)}` as Mark,
    );
  }

  marksOfCustomer(identifiers: readonly CustomerIdentifier[]): readonly Mark[] {
    return identifiers.flatMap((identifier) => this.#marksOf(identifier.name, identifier.revealCanonical()));
  }

  #marksOf(name: string, canonical: string): readonly Mark[] {
    return this.#hashes.map((hash) => `customer:${hash.of('customer', name, canonical)}` as Mark);
  }
}

/** All marks of an entry, each once. */
export function allOf({ credentials, identifier, customer }: EntryMarks): readonly Mark[] {
  return [...new Set([...credentials, ...identifier, ...customer])];
}
