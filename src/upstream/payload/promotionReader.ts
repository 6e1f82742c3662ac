import type {
  Promotion,
  PromotionEnrolment,
  PromotionIssual,
  PromotionLimits,
  PromotionMetadata,
  PromotionUsage,
} from '../../model/promotion.ts';
import { promotionIdOf } from '../../model/promotionIds.ts';
import { restrictionsFrom } from './restrictionReader.ts';
import {
  boolean,
  type DriftCollector,
  decimal,
  id,
  instant,
  integer,
  isAbsent,
  isObject,
  known,
  list,
  missing,
  oneOf,
  text,
  unreadable,
} from './values.ts';

const OFFER_TYPES = new Set(['GENERIC', 'LOYALTY', 'LOYALTY_EARNING'] as const);

const ID = 'promotions[].promotionId';

/**
 * A member of REST `promotions`. It is null, with a warning, if its id cannot be read.
 * @param idPrefix the prefix of the ids of this page's promotions
 */
export function promotionFrom(raw: Record<string, unknown>, idPrefix: string, found: DriftCollector): Promotion | null {
  const promotionId = id(raw.promotionId, ID, found);
  if (promotionId === null) return missing(raw.promotionId, ID, found);
  found.about(promotionId);
  const orgId = oneOf(raw.orgId, raw.orgID, 'promotions[].orgID', found);
  return {
    id: promotionIdOf(idPrefix, promotionId),
    promotionId,
    name: text(raw.promotionName, 'promotions[].promotionName', found),
    programId: id(raw.programId, 'promotions[].programId', found),
    startDate: instant(raw.startDate, 'promotions[].startDate', found),
    endDate: instant(raw.endDate, 'promotions[].endDate', found),
    identifier: text(raw.identifier, 'promotions[].identifier', found),
    description: text(raw.description, 'promotions[].description', found),
    active: boolean(raw.active, 'promotions[].active', found),
    eventName: text(raw.eventName, 'promotions[].eventName', found),
    orgId: id(orgId, isAbsent(raw.orgId) ? 'promotions[].orgID' : 'promotions[].orgId', found),
    metadata: list(raw.promotionMetadata, 'promotions[].promotionMetadata', found, metadataFrom),
    limits: limitsFrom(raw.limits, found),
    customerUsage: usageFrom(raw.customerUsage, found),
    pointsOfferType: known(raw.pointsOfferType, OFFER_TYPES, 'promotions[].pointsOfferType', found),
    restrictions: restrictionsFrom(raw.promotionRestriction, found),
    enrolments: list(raw.customerPromotionTimelines, TIMELINES, found, enrolmentFrom),
  };
}

function metadataFrom(raw: Record<string, unknown>, found: DriftCollector): PromotionMetadata | null {
  const key = text(raw.key, 'promotions[].promotionMetadata[].key', found);
  if (key === null) return missing(raw.key, 'promotions[].promotionMetadata[].key', found);
  return {
    key,
    value: text(raw.value, 'promotions[].promotionMetadata[].value', found),
    brandDefined: boolean(raw.brandDefined, 'promotions[].promotionMetadata[].brandDefined', found),
  };
}

/** The reference page writes `numberOFTimesPerCustomer`. The usual spelling is accepted too. */
function limitsFrom(raw: unknown, found: DriftCollector): PromotionLimits | null {
  if (!isObject(raw)) return unreadable(raw, 'promotions[].limits', found);
  const { numberOFTimesPerCustomer, numberOfTimesPerCustomer } = raw;
  const documented = 'promotions[].limits.numberOFTimesPerCustomer';
  const usual = 'promotions[].limits.numberOfTimesPerCustomer';
  const times = oneOf(numberOFTimesPerCustomer, numberOfTimesPerCustomer, usual, found);
  return {
    maxPointsPerEvent: decimal(raw.maxPointsPerEvent, 'promotions[].limits.maxPointsPerEvent', found),
    pointsPerCustomer: decimal(raw.pointsPerCustomer, 'promotions[].limits.pointsPerCustomer', found),
    numberOfTimesPerCustomer: integer(times, isAbsent(numberOFTimesPerCustomer) ? usual : documented, found),
    totalPointsInPromotion: decimal(raw.totalPointsInPromotion, 'promotions[].limits.totalPointsInPromotion', found),
  };
}

const USAGE = {
  points: 'promotions[].customerUsage.currentPointsPerCustomer',
  times: 'promotions[].customerUsage.currentNumberOfTimesPerCustomer',
  total: 'promotions[].customerUsage.currentTotalPointsInPromotion',
};

function usageFrom(raw: unknown, found: DriftCollector): PromotionUsage | null {
  if (!isObject(raw)) return unreadable(raw, 'promotions[].customerUsage', found);
  return {
    currentPointsPerCustomer: decimal(raw.currentPointsPerCustomer, USAGE.points, found),
    currentNumberOfTimesPerCustomer: integer(raw.currentNumberOfTimesPerCustomer, USAGE.times, found),
    currentTotalPointsInPromotion: decimal(raw.currentTotalPointsInPromotion, USAGE.total, found),
  };
}

const TIMELINES = 'promotions[].customerPromotionTimelines';
const [ENROLMENTS, ISSUALS] = [`${TIMELINES}[]`, `${TIMELINES}[].issuedDetails[]`];
/** The paths are made once, not for every member. */
const FIELDS = {
  enrollmentId: `${ENROLMENTS}.enrollmentId`,
  enrollmentDate: `${ENROLMENTS}.enrollmentDate`,
  enrollmentExpiryDate: `${ENROLMENTS}.enrollmentExpiryDate`,
  enrollEventLogId: `${ENROLMENTS}.enrollEventLogId`,
  issuedDetails: `${ENROLMENTS}.issuedDetails`,
  issualId: `${ISSUALS}.issualId`,
  issualDate: `${ISSUALS}.issualDate`,
  issualExpiryDate: `${ISSUALS}.issualExpiryDate`,
  issualEventLogId: `${ISSUALS}.issualEventLogId`,
  redeemedCount: `${ISSUALS}.redeemedCount`,
};

/** A member of REST `customerPromotionTimelines`. It is null, with a warning, if its id cannot be read; so is each issual in it. */
function enrolmentFrom(raw: Record<string, unknown>, found: DriftCollector): PromotionEnrolment | null {
  const enrolmentId = id(raw.enrollmentId, FIELDS.enrollmentId, found);
  if (enrolmentId === null) return missing(raw.enrollmentId, FIELDS.enrollmentId, found);
  return {
    id: enrolmentId,
    enrolledAt: instant(raw.enrollmentDate, FIELDS.enrollmentDate, found),
    expiresAt: instant(raw.enrollmentExpiryDate, FIELDS.enrollmentExpiryDate, found),
    eventLogId: id(raw.enrollEventLogId, FIELDS.enrollEventLogId, found),
    issuals: list(raw.issuedDetails, FIELDS.issuedDetails, found, issualFrom),
  };
}

function issualFrom(raw: Record<string, unknown>, found: DriftCollector): PromotionIssual | null {
  const issualId = id(raw.issualId, FIELDS.issualId, found);
  if (issualId === null) return missing(raw.issualId, FIELDS.issualId, found);
  return {
    id: issualId,
    issuedAt: instant(raw.issualDate, FIELDS.issualDate, found),
    expiresAt: instant(raw.issualExpiryDate, FIELDS.issualExpiryDate, found),
    eventLogId: id(raw.issualEventLogId, FIELDS.issualEventLogId, found),
    redeemedCount: integer(raw.redeemedCount, FIELDS.redeemedCount, found),
  };
}
