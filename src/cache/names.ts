import type { CustomerIdentifier } from '../model/identifier.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CredentialsSource } from '../upstream/credentials/credentials.ts';
import { type QueryKey, queryKey } from '../upstream/key.ts';

/** What the entries of one query are filed under: under the current secret first, then under the one before it, if any. */
export type QueryKeys = readonly [QueryKey, ...QueryKey[]];

/**
 * Something that makes cache entries invalid at once: what happens to a customer known by one identifier, in any source,
 * data scope and for any credentials; or that upstream refuses some credentials. A keyed hash.
 */
export type Mark = string & { readonly __brand: 'Mark' };

/**
 * The marks that make an entry invalid. One mark each, or two while a secret is replaced: under the current secret first,
 * then under the one before it.
 */
export type EntryMarks = {
  readonly credentials: readonly Mark[];
  /** Of the identifier that the customer was asked for by. */
  readonly identifier: readonly Mark[];
  /** Of the customer's id, if the page names it: what happens to the identifier happens to all entries of this customer. */
  readonly customer: readonly Mark[];
};

/**
 * Names entries and marks by keyed hashes. While a secret is replaced, entries and marks have a name under each of both
 * secrets: instances that know only one of them understand each other.
 */
export class CacheNames {
  readonly #hashes: readonly [KeyedHash, ...KeyedHash[]];

  /** @param hashes of the current secret, then of the one before it */
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

  /** @param customerId as the page names it, null if it does not */
  marksOf(source: CredentialsSource, { identifier }: PromotionsQuery, customerId: string | null): EntryMarks {
    return {
      credentials: this.marksOfCredentials(source),
      identifier: this.#marksOf(identifier.name, identifier.revealCanonical()),
      customer: customerId === null ? [] : this.#marksOf('ID', customerId),
    };
  }

  marksOfCredentials({ identity, identityUnder }: CredentialsSource): readonly Mark[] {
    return this.#hashes.map((hash, index) => `credentials:${index === 0 ? identity : identityUnder(hash)}` as Mark);
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
