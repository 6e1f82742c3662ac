import { pageFrom } from '../../../src/upstream/payload/pageReader.ts';
import { pageShape } from './pageShape.ts';

export const PAGE_DETAILS = { pageNumber: 0, pageSize: 10, totalEntries: 1, pageCount: 1 };

/** Every member as documented, or as upstream is known to write it. */
export const RESTRICTION = {
  kpi: 'NUMBER_OF_ISSUALS',
  maxLimit: '10',
  currentCustomerUsage: '1.000',
  limitOn: 'CUSTOMER',
};
const REDEMPTION = { ...RESTRICTION, type: 'PERIOD_BASED', periodType: 'MOVING_WINDOW', periodUnit: 'DAILY' };
const ISSUAL = {
  issualId: 7,
  issualDate: '2024-09-02T00:00:00+05:30',
  issualExpiryDate: '2024-09-29T23:59:59.000Z',
  issualEventLogId: 8,
  redeemedCount: 1,
};
const ENROLMENT = {
  enrollmentId: 5,
  enrollmentDate: '2024-09-01T00:00:00.000Z',
  enrollmentExpiryDate: '2024-09-29T23:59:59.000Z',
  enrollEventLogId: 6,
  issuedDetails: [ISSUAL],
};
export const PROMOTION = {
  promotionId: 1122938,
  promotionName: 'Award50',
  programId: 1147,
  startDate: '2024-08-30T00:00:00.000Z',
  endDate: '2024-09-29T23:59:59.000Z',
  identifier: 'billslayer5',
  description: 'Award 50',
  active: true,
  eventName: 'TransactionAdd',
  orgId: 50405,
  promotionMetadata: [{ key: 'colour', value: 'red', brandDefined: false }],
  limits: {
    maxPointsPerEvent: '0',
    pointsPerCustomer: '-1.000',
    numberOFTimesPerCustomer: 0,
    totalPointsInPromotion: 500,
  },
  customerUsage: {
    currentPointsPerCustomer: '50.000',
    currentNumberOfTimesPerCustomer: '1',
    currentTotalPointsInPromotion: '0',
  },
  pointsOfferType: 'LOYALTY_EARNING',
  promotionRestriction: {
    issualRestrictions: [RESTRICTION],
    earnRestrictions: [{ kpi: 'NUMBER_OF_EARNS', maxLimit: '-1', limitOn: 'EVENT' }],
    redemptionRestrictions: [REDEMPTION],
  },
  customerPromotionTimelines: [ENROLMENT],
};

/** The body of a page with these promotions. */
export const bodyOf = (...promotions: unknown[]) => ({
  pageDetails: { ...PAGE_DETAILS, totalEntries: promotions.length },
  customerId: 347297848,
  promotions,
});

/** Page and drift of a body, once the page is known to be of the model's shape. */
export function read(body: Record<string, unknown>) {
  const { page, drift } = pageFrom(body, (customerId) => `${customerId}-`);
  pageShape.parse(page);
  const warnings = [...page.warnings, ...page.entries.flatMap((entry) => entry.warnings)];
  const promotions = page.entries.map((entry) => entry.promotion);
  return { page, drift, warnings, promotions, promotion: promotions[0] ?? null };
}
