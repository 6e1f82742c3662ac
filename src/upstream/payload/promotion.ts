import type { Promotion, PromotionLimits, PromotionMetadata, PromotionUsage } from '../../model/promotion.ts';
import { enrolmentsFrom } from './enrolments.ts';
import type { Findings } from './findings.ts';
import { instant } from './instant.ts';
import { restrictionsFrom } from './restrictions.ts';
import { boolean, decimal, id, integer, isObject, known, list, missing, oneOf, text, unreadable } from './values.ts';

const OFFER_TYPES = new Set(['GENERIC', 'LOYALTY', 'LOYALTY_EARNING'] as const);

const ID = 'promotions[].promotionId';

/** A member of REST `promotions`; null, with a finding, for one without an id that can be read. */
export function promotionFrom(raw: Record<string, unknown>, findings: Findings): Promotion | null {
  const promotionId = id(raw.promotionId, ID, findings);
  if (promotionId === null) return missing(raw.promotionId, ID, findings);
  findings.about(promotionId);
  const orgId = oneOf(raw.orgId, raw.orgID, 'promotions[].orgID', findings);
  return {
    id: promotionId,
    name: text(raw.promotionName, 'promotions[].promotionName', findings),
    programId: id(raw.programId, 'promotions[].programId', findings),
    startDate: instant(raw.startDate, 'promotions[].startDate', findings),
    endDate: instant(raw.endDate, 'promotions[].endDate', findings),
    identifier: text(raw.identifier, 'promotions[].identifier', findings),
    description: text(raw.description, 'promotions[].description', findings),
    active: boolean(raw.active, 'promotions[].active', findings),
    eventName: text(raw.eventName, 'promotions[].eventName', findings),
    orgId: id(orgId, 'promotions[].orgId', findings),
    metadata: list(raw.promotionMetadata, 'promotions[].promotionMetadata', findings, metadataFrom),
    limits: limitsFrom(raw.limits, findings),
    customerUsage: usageFrom(raw.customerUsage, findings),
    pointsOfferType: known(raw.pointsOfferType, OFFER_TYPES, 'promotions[].pointsOfferType', findings),
    restrictions: restrictionsFrom(raw.promotionRestriction, findings),
    enrolments: enrolmentsFrom(raw.customerPromotionTimelines, findings),
  };
}

const METADATA = {
  key: 'promotions[].promotionMetadata[].key',
  value: 'promotions[].promotionMetadata[].value',
  brandDefined: 'promotions[].promotionMetadata[].brandDefined',
};

function metadataFrom(raw: Record<string, unknown>, findings: Findings): PromotionMetadata | null {
  const key = text(raw.key, METADATA.key, findings);
  if (key === null) return missing(raw.key, METADATA.key, findings);
  return {
    key,
    value: text(raw.value, METADATA.value, findings),
    brandDefined: boolean(raw.brandDefined, METADATA.brandDefined, findings),
  };
}

const LIMITS = {
  maxPointsPerEvent: 'promotions[].limits.maxPointsPerEvent',
  pointsPerCustomer: 'promotions[].limits.pointsPerCustomer',
  numberOFTimesPerCustomer: 'promotions[].limits.numberOFTimesPerCustomer',
  numberOfTimesPerCustomer: 'promotions[].limits.numberOfTimesPerCustomer',
  totalPointsInPromotion: 'promotions[].limits.totalPointsInPromotion',
};

/** The reference page writes `numberOFTimesPerCustomer`; the spelling that one would expect is taken too. */
function limitsFrom(raw: unknown, findings: Findings): PromotionLimits | null {
  if (!isObject(raw)) return unreadable(raw, 'promotions[].limits', findings);
  const { numberOFTimesPerCustomer, numberOfTimesPerCustomer } = raw;
  const times = oneOf(numberOFTimesPerCustomer, numberOfTimesPerCustomer, LIMITS.numberOfTimesPerCustomer, findings);
  return {
    maxPointsPerEvent: decimal(raw.maxPointsPerEvent, LIMITS.maxPointsPerEvent, findings),
    pointsPerCustomer: decimal(raw.pointsPerCustomer, LIMITS.pointsPerCustomer, findings),
    numberOfTimesPerCustomer: integer(times, LIMITS.numberOFTimesPerCustomer, findings),
    totalPointsInPromotion: decimal(raw.totalPointsInPromotion, LIMITS.totalPointsInPromotion, findings),
  };
}

const USAGE = {
  points: 'promotions[].customerUsage.currentPointsPerCustomer',
  times: 'promotions[].customerUsage.currentNumberOfTimesPerCustomer',
  total: 'promotions[].customerUsage.currentTotalPointsInPromotion',
};

function usageFrom(raw: unknown, findings: Findings): PromotionUsage | null {
  if (!isObject(raw)) return unreadable(raw, 'promotions[].customerUsage', findings);
  return {
    currentPointsPerCustomer: decimal(raw.currentPointsPerCustomer, USAGE.points, findings),
    currentNumberOfTimesPerCustomer: integer(raw.currentNumberOfTimesPerCustomer, USAGE.times, findings),
    currentTotalPointsInPromotion: decimal(raw.currentTotalPointsInPromotion, USAGE.total, findings),
  };
}
