import type { KeyedHash } from '../model/keyedHash.ts';
import type { Window } from '../model/page.ts';
import { dataScopeKey, type PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CredentialsIdentity } from './credentials/credentials.ts';

/** The key of a query for one credentials identity in one data scope. Only `queryKey` makes one. */
export type QueryKey = string & { readonly __brand: 'QueryKey' };

/** The key of one upstream call: a query and a window of it. Only `pageKey` makes one. */
export type PageKey = string & { readonly __brand: 'PageKey' };

/**
 * The key for everything that is shared between operations. It cannot be made without credentials and a data scope. It holds
 * keyed hashes instead of the credentials and the customer's identifier.
 */
export function queryKey(hash: KeyedHash, identity: CredentialsIdentity, query: PromotionsQuery): QueryKey {
  const { identifier, source, status, includeAlternateCurrencyUsage } = query;
  const canonicalRequest = hash.of(
    'query',
    identifier.name,
    identifier.revealCanonical(),
    source,
    status ?? '',
    String(includeAlternateCurrencyUsage),
  );
  return `${identity}/${dataScopeKey(query.dataScope)}/${canonicalRequest}` as QueryKey;
}

/** The key of a customer by the identifier in a query: whatever else is asked, equal identifiers have one key. */
export type CustomerKey = string & { readonly __brand: 'CustomerKey' };

export function customerKey(hash: KeyedHash, { identifier }: PromotionsQuery): CustomerKey {
  return hash.of('customer of calls', identifier.name, identifier.revealCanonical()) as CustomerKey;
}

export function pageKey(key: QueryKey, window: Window): PageKey {
  return `${key}/${window.offset}+${window.limit}` as PageKey;
}
