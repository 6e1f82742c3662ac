/** A promotion as the gateway serves it: upstream's payload with consistent names and types. */

export type PointsOfferType = 'GENERIC' | 'LOYALTY' | 'LOYALTY_EARNING' | 'UNKNOWN';
export type LimitOn = 'EVENT' | 'CUSTOMER' | 'PROMOTION' | 'UNKNOWN';
export type RestrictionType = 'NON_PERIOD_BASED' | 'PERIOD_BASED' | 'UNKNOWN';

/** What a restriction counts, by the names of REST `kpi` that the schema knows. */
export const RESTRICTION_KPIS = [
  'MAX_NUMBER_OF_ISSUALS_PER_CUSTOMER',
  'MAX_POINTS_PER_ISSUAL_PER_CUSTOMER',
  'MAX_NUMBER_OF_EARNS_PER_CUSTOMER',
  'MAX_POINTS_PER_EARN_PER_CUSTOMER',
  'MAX_ALLOWED_TIMES_PER_CART',
  'MAX_ALLOWED_POINTS_PER_CART',
  'MAX_ALLOWED_TIMES_PER_CUSTOMER',
  'MAX_ALLOWED_EVENTS_PER_CUSTOMER',
  'MAX_ALLOWED_POINTS_PER_CUSTOMER',
  'MAX_ALLOWED_EVENTS_PER_PROMOTION',
  'MAX_ALLOWED_POINTS_PER_PROMOTION',
  'NUMBER_OF_TIMES',
  'NUMBER_OF_POINTS',
  'NUMBER_OF_ISSUALS',
  'NUMBER_OF_EARNS',
  'NUMBER_OF_REDEMPTIONS_PER_EARN',
] as const;
export type RestrictionKpi = (typeof RESTRICTION_KPIS)[number] | 'UNKNOWN';

/** An exact decimal as upstream wrote it, such as "50.000". */
export type Decimal = string;
/** RFC 3339 in UTC with milliseconds. */
export type DateTime = string;

export type Promotion = {
  /** The opaque id of this promotion for one customer, made by `PromotionIds`. */
  readonly id: string;
  /** REST `promotionId`. */
  readonly promotionId: string;
  readonly name: string | null;
  readonly programId: string | null;
  readonly startDate: DateTime | null;
  readonly endDate: DateTime | null;
  readonly identifier: string | null;
  readonly description: string | null;
  readonly active: boolean | null;
  readonly eventName: string | null;
  readonly orgId: string | null;
  readonly metadata: readonly PromotionMetadata[];
  readonly limits: PromotionLimits | null;
  readonly customerUsage: PromotionUsage | null;
  readonly pointsOfferType: PointsOfferType | null;
  readonly restrictions: PromotionRestrictions;
  readonly enrolments: readonly PromotionEnrolment[];
};

export type PromotionMetadata = {
  readonly key: string;
  readonly value: string | null;
  readonly brandDefined: boolean | null;
};

export type PromotionLimits = {
  readonly maxPointsPerEvent: Decimal | null;
  readonly pointsPerCustomer: Decimal | null;
  readonly numberOfTimesPerCustomer: number | null;
  readonly totalPointsInPromotion: Decimal | null;
};

export type PromotionUsage = {
  readonly currentPointsPerCustomer: Decimal | null;
  readonly currentNumberOfTimesPerCustomer: number | null;
  readonly currentTotalPointsInPromotion: Decimal | null;
};

export type PromotionRestrictions = {
  readonly issual: readonly Restriction[];
  readonly earn: readonly Restriction[];
  readonly redemption: readonly RedemptionRestriction[];
};

export type Restriction = {
  readonly kpi: RestrictionKpi;
  readonly kpiName: string;
  readonly maxLimit: Decimal | null;
  readonly currentCustomerUsage: Decimal | null;
  readonly limitOn: LimitOn | null;
  readonly unlimited: boolean;
  readonly remaining: Decimal | null;
};

export type RedemptionRestriction = Restriction & {
  readonly type: RestrictionType | null;
  readonly periodType: string | null;
  readonly periodUnit: string | null;
};

export type PromotionEnrolment = {
  readonly id: string;
  readonly enrolledAt: DateTime | null;
  readonly expiresAt: DateTime | null;
  readonly eventLogId: string | null;
  readonly issuals: readonly PromotionIssual[];
};

export type PromotionIssual = {
  readonly id: string;
  readonly issuedAt: DateTime | null;
  readonly expiresAt: DateTime | null;
  readonly eventLogId: string | null;
  readonly redeemedCount: number | null;
};
