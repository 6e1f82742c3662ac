import type { PromotionEnrolment, PromotionIssual } from '../../model/promotion.ts';
import type { Findings } from './findings.ts';
import { instant } from './instant.ts';
import { id, integer, list, missing } from './values.ts';

const FIELD = 'promotions[].customerPromotionTimelines';
const [ENROLMENTS, ISSUALS] = [`${FIELD}[]`, `${FIELD}[].issuedDetails[]`];
/** Paths made once and not for every member. */
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
export function enrolmentsFrom(value: unknown, findings: Findings): readonly PromotionEnrolment[] {
  return list(value, FIELD, findings, enrolmentFrom);
}

function enrolmentFrom(raw: Record<string, unknown>, findings: Findings): PromotionEnrolment | null {
  const enrolmentId = id(raw.enrollmentId, FIELDS.enrollmentId, findings);
  if (enrolmentId === null) return missing(raw.enrollmentId, FIELDS.enrollmentId, findings);
  return {
    id: enrolmentId,
    enrolledAt: instant(raw.enrollmentDate, FIELDS.enrollmentDate, findings),
    expiresAt: instant(raw.enrollmentExpiryDate, FIELDS.enrollmentExpiryDate, findings),
    eventLogId: id(raw.enrollEventLogId, FIELDS.enrollEventLogId, findings),
    issuals: list(raw.issuedDetails, FIELDS.issuedDetails, findings, issualFrom),
  };
}

function issualFrom(raw: Record<string, unknown>, findings: Findings): PromotionIssual | null {
  const issualId = id(raw.issualId, FIELDS.issualId, findings);
  if (issualId === null) return missing(raw.issualId, FIELDS.issualId, findings);
  return {
    id: issualId,
    issuedAt: instant(raw.issualDate, FIELDS.issualDate, findings),
    expiresAt: instant(raw.issualExpiryDate, FIELDS.issualExpiryDate, findings),
    eventLogId: id(raw.issualEventLogId, FIELDS.issualEventLogId, findings),
    redeemedCount: integer(raw.redeemedCount, FIELDS.redeemedCount, findings),
  };
}
