import type { DataScope } from './dataScope.ts';
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

/** One customer as upstream is asked for it: by whom it is known, where, and in whose data. */
export type CustomerReference = {
  readonly identifier: CustomerIdentifier;
  readonly source: Source;
  readonly dataScope: DataScope;
};

/** What narrows a customer's promotions. */
export type PromotionFilter = {
  /** Null asks for all. */
  readonly status: PromotionStatus | null;
  readonly includeAlternateCurrencyUsage: boolean;
};

/** The whole list of promotions that windows are cut from: one customer under one filter. */
export type PromotionsQuery = CustomerReference & PromotionFilter;
