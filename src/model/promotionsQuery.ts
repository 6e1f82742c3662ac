import { badUserInput, type GatewayError } from './errors.ts';
import type { CustomerIdentifier } from './identifier.ts';

/** The values of REST `source`. */
export const SOURCES = [
  'INSTORE',
  'MARTJACK',
  'WECHAT',
  'FACEBOOK',
  'WEB_ENGAGE',
  'TMALL',
  'TAOBAO',
  'JD',
  'ECOMMERCE',
  'WEBSITE',
  'LINE',
  'ALL',
] as const;
/** Where an identifier is registered. */
export type Source = (typeof SOURCES)[number];

/** The values of REST `promotionStatusForCustomer`. */
export type PromotionStatus = 'AVAILABLE_TO_ENROL' | 'AVAILABLE_TO_EARN' | 'AVAILABLE_TO_REDEEM' | 'EXPIRED';

/** One customer, by an identifier in a source. */
export type CustomerReference = {
  readonly identifier: CustomerIdentifier;
  readonly source: Source;
};

/** One of a customer's lists of promotions: everything that changes its promotions or their values. */
export type PromotionsList = {
  readonly dataScope: DataScope;
  /** Null for all. */
  readonly status: PromotionStatus | null;
  readonly includeAlternateCurrencyUsage: boolean;
};

/** A list of one customer. Windows of it are fetched. */
export type PromotionsQuery = CustomerReference & PromotionsList;

/** A text that is equal for equal lists, and different for different ones. */
export function listKey({ dataScope, status, includeAlternateCurrencyUsage }: PromotionsList): string {
  return `${dataScopeKey(dataScope)} ${status ?? ''} ${includeAlternateCurrencyUsage ? 1 : 0}`;
}

/**
 * Which organisations' data upstream reads. `UNSET` sends no header, and upstream then uses its default (SELF).
 * OTHER needs organisations, SELF accepts none, and there are at most two.
 */
export type DataScope =
  | { readonly scope: 'UNSET' }
  | { readonly scope: 'SELF' }
  | { readonly scope: 'OTHER'; readonly orgIds: readonly [string] | readonly [string, string] }
  | { readonly scope: 'ALL'; readonly orgIds: readonly string[] };

/** Leaves the data scope to upstream. */
export const UNSET_DATA_SCOPE: DataScope = Object.freeze({ scope: 'UNSET' });

/** Equal ids count once. A list of so many is refused before they are compared. */
const MAX_LISTED = 100;

/**
 * The data scope of these values, from the argument, the request's headers or the configuration.
 * @throws BAD_USER_INPUT for what upstream would refuse: OTHER without an organisation, SELF with one, more than two,
 * an organisation id that is not a number, an unknown scope.
 */
export function dataScopeOf(scope: string, orgIds: readonly string[]): DataScope {
  if (orgIds.length > MAX_LISTED) throw tooManyOrganisations(orgIds.length);
  const unique = [...new Set(orgIds)].sort();
  // JSON.parse has rounded a longer number, which may be another organisation then.
  if (!unique.every((id) => /^[0-9]{1,15}$/.test(id))) {
    throw badUserInput('An organisation id must be a number of at most 15 digits.');
  }
  const [first, second, third] = unique;
  if (third !== undefined) throw tooManyOrganisations(unique.length);
  switch (scope) {
    case 'SELF':
      if (first !== undefined)
        throw badUserInput('Data scope SELF accepts no organisations. Use OTHER, or leave them out.');
      return { scope };
    case 'OTHER':
      if (first === undefined) throw badUserInput('Data scope OTHER requires 1 or 2 organisation ids.');
      return { scope, orgIds: second === undefined ? [first] : [first, second] };
    case 'ALL':
      return { scope, orgIds: unique };
    default:
      throw badUserInput('The data scope must be SELF, OTHER or ALL.');
  }
}

function tooManyOrganisations(got: number): GatewayError {
  return badUserInput(`A data scope accepts at most 2 organisations, got ${got}.`);
}

/** The organisations that a data scope names, none for SELF and UNSET. */
export function orgIdsOf(dataScope: DataScope): readonly string[] {
  return 'orgIds' in dataScope ? dataScope.orgIds : [];
}

/** A text that is equal for equal scopes, and different for different ones. */
export function dataScopeKey(dataScope: DataScope): string {
  return `${dataScope.scope}:${orgIdsOf(dataScope).join(',')}`;
}
