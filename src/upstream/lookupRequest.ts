import type { IdentifierName } from '../model/identifier.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { Window } from '../model/page.ts';
import { dataScopeKey, orgIdsOf, type PromotionsQuery } from '../model/promotionsQuery.ts';
import type { Credentials, CredentialsIdentity } from './credentials/credentials.ts';

export type LookupOptions = {
  /** The path of the lookup, such as `/v2.1/customers/lookup/promotionData`. */
  readonly path: string;
  /** The header that lists the organisations of a data scope. */
  readonly orgHeader: string;
};

/** REST `identifierName` of each kind of identifier. */
const REST_NAMES: Record<IdentifierName, string> = {
  MOBILE: 'mobile',
  ID: 'id',
  EMAIL: 'email',
  EXTERNAL_ID: 'externalid',
};

/** Makes the paths and headers of lookups, as this installation of upstream spells them. */
export class LookupRequests {
  readonly #options: LookupOptions;

  constructor(options: LookupOptions) {
    this.#options = { ...options, orgHeader: options.orgHeader.toLowerCase() };
  }

  /** Path and query of the call for this window (0 to 100 entries). Every value is URL-encoded. */
  path(query: PromotionsQuery, window: Window): string {
    const { identifier, source, status, includeAlternateCurrencyUsage } = query;
    let path = `${this.#options.path}?identifierName=${REST_NAMES[identifier.name]}`;
    path += `&identifierValue=${encodeURIComponent(identifier.revealCanonical())}&source=${source}`;
    if (status !== null) path += `&promotionStatusForCustomer=${status}`;
    if (includeAlternateCurrencyUsage) path += '&includeAlternateCurrencyUsage=true';
    return `${path}&limit=${window.limit}&offset=${window.offset}`;
  }

  /** The headers of a call: credentials, data scope and request id. No other header of the caller is passed on. */
  headers({ dataScope }: PromotionsQuery, credentials: Credentials, requestId: string): Record<string, string> {
    const { orgHeader } = this.#options;
    const headers: Record<string, string> = {
      accept: 'application/json',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'promotions-gateway',
      'x-request-id': requestId,
    };
    switch (credentials.kind) {
      case 'none':
        break;
      case 'basic':
        headers.authorization = credentials.authorization.reveal();
        break;
      case 'oauth':
        headers['x-cap-api-oauth-token'] = credentials.token.reveal();
        // Documented for calls with a token, although a GET has no body.
        headers['content-type'] = 'application/json';
        break;
    }
    if (dataScope.scope !== 'UNSET') {
      headers['data-scope'] = dataScope.scope;
      const orgIds = orgIdsOf(dataScope);
      if (orgIds.length > 0) headers[orgHeader] = orgIds.join(',');
    }
    return headers;
  }
}

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

/** The key of the customer of a query. It holds a keyed hash instead of the identifier. */
export function customerKey(hash: KeyedHash, { identifier }: PromotionsQuery): CustomerKey {
  return hash.of('customer of calls', identifier.name, identifier.revealCanonical()) as CustomerKey;
}

/** The key of a window of a query. */
export function pageKey(key: QueryKey, window: Window): PageKey {
  return `${key}/${window.offset}+${window.limit}` as PageKey;
}
