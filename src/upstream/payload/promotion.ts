import type {
  Promotion,
  PromotionEnrolment,
  PromotionIssual,
  PromotionLimits,
  PromotionMetadata,
  PromotionUsage,
} from '../../model/promotion.ts';
import type { Findings } from './findings.ts';
import { restrictionsFrom } from './restrictions.ts';
import { boolean, decimal, id, instant, integer, isObject, known, list, text } from './values.ts';

const OFFER_TYPES = new Set(['GENERIC', 'LOYALTY', 'LOYALTY_EARNING'] as const);

const PROMOTION_ID = 'promotions[].promotionId';

/** A member of REST `promotions`; null, with a finding, for one without an id that can be read. */
export function promotionFrom(raw: Record<string, unknown>, findings: Findings): Promotion | null {
  const promotionId = required(id(raw.promotionId, PROMOTION_ID, findings), raw.promotionId, PROMOTION_ID, findings);
  if (promotionId === null) return null;
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
    orgId: id(raw.orgId ?? raw.orgID, 'promotions[].orgId', findings),
    metadata: list(raw.promotionMetadata, 'promotions[].promotionMetadata', findings, metadataFrom),
    limits: limitsFrom(raw.limits, findings),
    customerUsage: usageFrom(raw.customerUsage, findings),
    pointsOfferType: known(raw.pointsOfferType, OFFER_TYPES, 'promotions[].pointsOfferType', findings),
    restrictions: restrictionsFrom(raw.promotionRestriction, findings),
    enrolments: list(
      raw.customerPromotionTimelines,
      'promotions[].customerPromotionTimelines',
      findings,
      enrolmentFrom,
    ),
  };
}

function metadataFrom(raw: Record<string, unknown>, findings: Findings): PromotionMetadata | null {
  const key = required(text(raw.key, METADATA.key, findings), raw.key, METADATA.key, findings);
  if (key === null) return null;
  return {
    key,
    value: text(raw.value, METADATA.value, findings),
    brandDefined: boolean(raw.brandDefined, METADATA.brandDefined, findings),
  };
}

const METADATA = {
  key: 'promotions[].promotionMetadata[].key',
  value: 'promotions[].promotionMetadata[].value',
  brandDefined: 'promotions[].promotionMetadata[].brandDefined',
};

function limitsFrom(raw: unknown, findings: Findings): PromotionLimits | null {
  if (!isObject(raw)) return absent(raw, 'promotions[].limits', findings);
  return {
    maxPointsPerEvent: decimal(raw.maxPointsPerEvent, 'promotions[].limits.maxPointsPerEvent', findings),
    pointsPerCustomer: decimal(raw.pointsPerCustomer, 'promotions[].limits.pointsPerCustomer', findings),
    numberOfTimesPerCustomer: integer(
      raw.numberOFTimesPerCustomer ?? raw.numberOfTimesPerCustomer,
      'promotions[].limits.numberOFTimesPerCustomer',
      findings,
    ),
    totalPointsInPromotion: decimal(raw.totalPointsInPromotion, 'promotions[].limits.totalPointsInPromotion', findings),
  };
}

function usageFrom(raw: unknown, findings: Findings): PromotionUsage | null {
  if (!isObject(raw)) return absent(raw, 'promotions[].customerUsage', findings);
  return {
    currentPointsPerCustomer: decimal(
      raw.currentPointsPerCustomer,
      'promotions[].customerUsage.currentPointsPerCustomer',
      findings,
    ),
    currentNumberOfTimesPerCustomer: integer(
      raw.currentNumberOfTimesPerCustomer,
      'promotions[].customerUsage.currentNumberOfTimesPerCustomer',
      findings,
    ),
    currentTotalPointsInPromotion: decimal(
      raw.currentTotalPointsInPromotion,
      'promotions[].customerUsage.currentTotalPointsInPromotion',
      findings,
    ),
  };
}

const ENROLMENT = 'promotions[].customerPromotionTimelines[]';
const ENROLMENT_ID = `${ENROLMENT}.enrollmentId`;

function enrolmentFrom(raw: Record<string, unknown>, findings: Findings): PromotionEnrolment | null {
  const enrolmentId = required(id(raw.enrollmentId, ENROLMENT_ID, findings), raw.enrollmentId, ENROLMENT_ID, findings);
  if (enrolmentId === null) return null;
  return {
    id: enrolmentId,
    enrolledAt: instant(raw.enrollmentDate, `${ENROLMENT}.enrollmentDate`, findings),
    expiresAt: instant(raw.enrollmentExpiryDate, `${ENROLMENT}.enrollmentExpiryDate`, findings),
    eventLogId: id(raw.enrollEventLogId, `${ENROLMENT}.enrollEventLogId`, findings),
    issuals: list(raw.issuedDetails, `${ENROLMENT}.issuedDetails`, findings, issualFrom),
  };
}

const ISSUAL = `${ENROLMENT}.issuedDetails[]`;
const ISSUAL_ID = `${ISSUAL}.issualId`;

function issualFrom(raw: Record<string, unknown>, findings: Findings): PromotionIssual | null {
  const issualId = required(id(raw.issualId, ISSUAL_ID, findings), raw.issualId, ISSUAL_ID, findings);
  if (issualId === null) return null;
  return {
    id: issualId,
    issuedAt: instant(raw.issualDate, `${ISSUAL}.issualDate`, findings),
    expiresAt: instant(raw.issualExpiryDate, `${ISSUAL}.issualExpiryDate`, findings),
    eventLogId: id(raw.issualEventLogId, `${ISSUAL}.issualEventLogId`, findings),
    redeemedCount: integer(raw.redeemedCount, `${ISSUAL}.redeemedCount`, findings),
  };
}

/** Absent where it must not be is a finding too. */
function required(clean: string | null, raw: unknown, field: string, findings: Findings): string | null {
  if (clean === null && (raw === undefined || raw === null)) findings.add('INVALID_VALUE', field, raw);
  return clean;
}

function absent(raw: unknown, field: string, findings: Findings): null {
  if (raw !== undefined && raw !== null) findings.add('INVALID_VALUE', field, raw);
  return null;
}
