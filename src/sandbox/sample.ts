import type { SandboxPromotion } from './sandboxPromotion.ts';

/** The promotions of the reference page's last sample, member for member. They ended in 2024. */
export function samplePromotions(): readonly SandboxPromotion[] {
  return [
    sample('50.000', {
      promotionId: 1122938,
      promotionName: 'Award50',
      programId: 1147,
      identifier: 'ed64e808-dc10-4784-a752-eb7d8d55c87e',
      description: 'Award 50',
      orgId: 50405,
    }),
    sample('100.000', {
      promotionId: 1122935,
      promotionName: 'Award 100 Points',
      programId: 1148,
      identifier: '26a1b64a-f61d-4a64-9dd0-f3fe5a25dcf5',
      description: 'Award 100 Points',
      orgId: 50406,
    }),
  ];
}

function sample(points: string, own: Readonly<Record<string, unknown>>): SandboxPromotion {
  return {
    states: new Set(['EXPIRED']),
    body: {
      ...own,
      startDate: '2024-08-30T00:00:00.000Z',
      endDate: '2024-09-29T23:59:59.000Z',
      active: true,
      eventName: 'TransactionAdd',
      limits: {
        maxPointsPerEvent: '0',
        pointsPerCustomer: '0',
        numberOFTimesPerCustomer: 0,
        totalPointsInPromotion: '0',
      },
      customerUsage: {
        currentPointsPerCustomer: points,
        currentNumberOfTimesPerCustomer: 1,
        currentTotalPointsInPromotion: '0',
      },
      pointsOfferType: 'GENERIC',
      promotionRestriction: { issualRestrictions: [], earnRestrictions: [], redemptionRestrictions: [] },
    },
  };
}
