import { type DataScope, dataScopeKey } from './dataScope.ts';
import type { CustomerIdentifier } from './identifier.ts';

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
/** Where an identifier is registered: the values of REST `source`. */
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
