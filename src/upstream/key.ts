import { dataScopeKey } from '../model/dataScope.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { Window } from '../model/page.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CredentialsIdentity } from './credentials/credentials.ts';

/** Names one query as one credentials identity sees it in one data scope. Only `queryKey` makes one. */
export type QueryKey = string & { readonly __brand: 'QueryKey' };

/** Names one upstream call: a query and a window of it. Only `pageKey` makes one. */
export type PageKey = string & { readonly __brand: 'PageKey' };

/**
 * What anything shared is filed under. It cannot be built without credentials and data scope, and it holds keyed hashes
 * in place of credentials and of everything that says who the customer is.
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

export function pageKey(key: QueryKey, window: Window): PageKey {
  return `${key}/${window.offset}+${window.limit}` as PageKey;
}
