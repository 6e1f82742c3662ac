import type { PromotionEnrolment, PromotionIssual } from '../../model/promotion.ts';
import { instant } from './instant.ts';
import type { DriftCollector } from './schemaDrift.ts';
import { id, integer, list, missing } from './values.ts';

const FIELD = 'promotions[].customerPromotionTimelines';
const [ENROLMENTS, ISSUALS] = [`${FIELD}[]`, `${FIELD}[].issuedDetails[]`];
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

/** REST `customerPromotionTimelines`: the enrolments that have an id, each with the issuals that have one. */
export function enrolmentsFrom(value: unknown, found: DriftCollector): readonly PromotionEnrolment[] {
  return list(value, FIELD, found, enrolmentFrom);
}

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
