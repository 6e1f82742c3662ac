import { dataScopeKey } from '../model/dataScope.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { Listing } from '../model/listing.ts';
import type { Window } from '../model/page.ts';
import type { CredentialsIdentity } from './credentials.ts';

/** Names one listing as one credentials identity sees it in one data scope. Only `listingKey` makes one. */
export type ListingKey = string & { readonly __brand: 'ListingKey' };

/** Names one upstream call: a listing and a window of it. Only `pageKey` makes one. */
export type PageKey = string & { readonly __brand: 'PageKey' };

/**
 * What anything shared is filed under. It cannot be built without credentials and data scope, and it holds keyed hashes
 * in place of credentials and of everything that says who the customer is.
 */
export function listingKey(hash: KeyedHash, identity: CredentialsIdentity, listing: Listing): ListingKey {
  const { identifier, source, status, includeAlternateCurrencyUsage } = listing;
  const canonicalRequest = hash.of(
    'listing',
    identifier.name,
    identifier.revealCanonical(),
    source,
    status ?? '',
    String(includeAlternateCurrencyUsage),
  );
  return `${identity}/${dataScopeKey(listing.dataScope)}/${canonicalRequest}` as ListingKey;
}

export function pageKey(key: ListingKey, window: Window): PageKey {
  return `${key}/${window.offset}+${window.limit}` as PageKey;
}
