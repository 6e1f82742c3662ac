import { pick, type SandboxPromotion } from './sandboxPromotion.ts';

/** New values, wrong types, unreadable dates and unknown members, which may appear without notice. */
export function driftingPromotion(index: number): SandboxPromotion {
  return {
    states: new Set(['AVAILABLE_TO_EARN']),
    body: {
      promotionId: String(1_300_000 + index),
      promotionName: index === 2 ? { text: 'not text' } : `Drift ${index + 1}`,
      programId: 1147,
      startDate: pick(['2024-08-30T05:30:00+05:30', 'soon', '2024-02-30'], index),
      endDate: '2099-12-31 23:59:59',
      active: pick(['true', 1, 'perhaps'], index),
      pointsOfferType: pick(['GENERIC', 'CASHBACK', 'LOYALTY'], index),
      limits: {
        maxPointsPerEvent: 12.5,
        pointsPerCustomer: '1,000',
        numberOFTimesPerCustomer: '3.000',
        totalPointsInPromotion: null,
      },
      customerUsage: 'none',
      promotionRestriction: {
        issualRestrictions: [
          { kpi: 'NUMBER_OF_MIRACLES', maxLimit: 3, currentCustomerUsage: '0.5', limitOn: 'HOUSEHOLD' },
        ],
      },
      novelty: { nobody: 'expected this' },
      orgID: '50405',
    },
  };
}

/** A plain string and one with the three members of an error. */
export const DRIFTING_WARNINGS: readonly unknown[] = [
  'A plain warning',
  { status: false, code: 9001, message: 'A warning with a code' },
];
