import { orgIdsOf } from '../model/dataScope.ts';
import type { IdentifierName } from '../model/identifier.ts';
import type { Window } from '../model/page.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { Credentials } from './credentials/credentials.ts';

const LOOKUP_PATH = '/v2.1/customers/lookup/promotionData';

/** REST `identifierName` of each kind of identifier. */
const REST_NAMES: Record<IdentifierName, string> = {
  MOBILE: 'mobile',
  ID: 'id',
  EMAIL: 'email',
  EXTERNAL_ID: 'externalid',
};

/** Path and query of the call that answers this window (0 to 100 entries), every value URL-encoded. */
export function lookupPath(query: PromotionsQuery, window: Window): string {
  const { identifier, source, status, includeAlternateCurrencyUsage } = query;
  let path = `${LOOKUP_PATH}?identifierName=${REST_NAMES[identifier.name]}`;
  path += `&identifierValue=${encodeURIComponent(identifier.revealCanonical())}&source=${source}`;
  if (status !== null) path += `&promotionStatusForCustomer=${status}`;
  if (includeAlternateCurrencyUsage) path += '&includeAlternateCurrencyUsage=true';
  return `${path}&limit=${window.limit}&offset=${window.offset}`;
}

/** The headers of a call: who calls, the credentials, the data scope and the request id, nothing else of the caller's. */
export function lookupHeaders(
  query: PromotionsQuery,
  credentials: Credentials,
  requestId: string,
): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'application/json',
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
      break;
  }
  const { dataScope } = query;
  if (dataScope.scope !== 'UNSET') {
    headers['data-scope'] = dataScope.scope;
    const orgIds = orgIdsOf(dataScope);
    if (orgIds.length > 0) headers['data-scope-org'] = orgIds.join(',');
  }
  return headers;
}
