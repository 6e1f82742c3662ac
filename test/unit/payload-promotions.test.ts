import { expect, test } from 'vitest';
import { bodyOf, PAGE_DETAILS, PROMOTION, RESTRICTION, read } from './support/payloads.ts';

test('A documented payload is read completely, without a warning', () => {
  const { page, drift } = read({ ...bodyOf(PROMOTION), warnings: [] });
  expect(drift).toEqual([]);
  const restriction = { limitOn: 'CUSTOMER', maxLimit: '10', currentCustomerUsage: '1.000', unlimited: false };
  expect(page).toEqual({
    customerId: '347297848',
    pageDetails: PAGE_DETAILS,
    warnings: [],
    entries: [
      {
        warnings: [],
        promotion: {
          id: '347297848-o2gq',
          promotionId: '1122938',
          name: 'Award50',
          programId: '1147',
          startDate: '2024-08-30T00:00:00.000Z',
          endDate: '2024-09-29T23:59:59.000Z',
          identifier: 'billslayer5',
          description: 'Award 50',
          active: true,
          eventName: 'TransactionAdd',
          orgId: '50405',
          metadata: [{ key: 'colour', value: 'red', brandDefined: false }],
          limits: {
            maxPointsPerEvent: '0',
            pointsPerCustomer: '-1.000',
            numberOfTimesPerCustomer: 0,
            totalPointsInPromotion: '500',
          },
          customerUsage: {
            currentPointsPerCustomer: '50.000',
            currentNumberOfTimesPerCustomer: 1,
            currentTotalPointsInPromotion: '0',
          },
          pointsOfferType: 'LOYALTY_EARNING',
          restrictions: {
            issual: [{ ...restriction, kpi: 'NUMBER_OF_ISSUALS', kpiName: 'NUMBER_OF_ISSUALS', remaining: '9.000' }],
            earn: [
              {
                kpi: 'NUMBER_OF_EARNS',
                kpiName: 'NUMBER_OF_EARNS',
                maxLimit: '-1',
                currentCustomerUsage: null,
                limitOn: 'EVENT',
                unlimited: true,
                remaining: null,
              },
            ],
            redemption: [
              {
                ...restriction,
                kpi: 'NUMBER_OF_ISSUALS',
                kpiName: 'NUMBER_OF_ISSUALS',
                remaining: '9.000',
                type: 'PERIOD_BASED',
                periodType: 'MOVING_WINDOW',
                periodUnit: 'DAILY',
              },
            ],
          },
          enrolments: [
            {
              id: '5',
              enrolledAt: '2024-09-01T00:00:00.000Z',
              expiresAt: '2024-09-29T23:59:59.000Z',
              eventLogId: '6',
              issuals: [
                {
                  id: '7',
                  issuedAt: '2024-09-01T18:30:00.000Z',
                  expiresAt: '2024-09-29T23:59:59.000Z',
                  eventLogId: '8',
                  redeemedCount: 1,
                },
              ],
            },
          ],
        },
      },
    ],
  });
});

test('A promotion may leave out everything but its id', () => {
  const { promotion, drift } = read(bodyOf({ promotionId: '1' }));
  expect(drift).toEqual([]);
  expect(promotion).toMatchObject({ promotionId: '1', name: null, limits: null, metadata: [], enrolments: [] });
  expect(promotion?.restrictions).toEqual({ issual: [], earn: [], redemption: [] });
});

test('A payload may hold undocumented members', () => {
  const { promotion, drift } = read({ ...bodyOf({ ...PROMOTION, tier: { a: 1 } }), traceId: [1] });
  expect(promotion).toEqual(read(bodyOf(PROMOTION)).promotion);
  expect(drift).toEqual([]);
});

test('A promotion has its organisation under either spelling, and two that differ are reported', () => {
  expect(read(bodyOf({ promotionId: 1, orgID: 50406 })).promotion?.orgId).toBe('50406');
  expect(read(bodyOf({ promotionId: 1, orgID: {} })).drift).toEqual([
    { field: 'promotions[].orgID', code: 'INVALID_VALUE' },
  ]);
  const both = read(bodyOf({ promotionId: 1, orgId: 50405, orgID: 50406 }));
  expect([both.promotion?.orgId, both.drift]).toEqual([
    '50405',
    [{ field: 'promotions[].orgID', code: 'INVALID_VALUE' }],
  ]);
});

test.each<[unknown, string, string[]]>([
  ['MAX_CUPS', 'MAX_CUPS', ['UNKNOWN_VALUE']],
  ['UNKNOWN', 'UNKNOWN', ['UNKNOWN_VALUE']],
  [5, '5', ['UNKNOWN_VALUE']],
  ['', '', ['UNKNOWN_VALUE']],
  [null, '', ['INVALID_VALUE']],
  [undefined, '', ['INVALID_VALUE']],
  [{}, '', ['INVALID_VALUE']],
])('A restriction of the unknown KPI %j is UNKNOWN, with its name as sent', (kpi, kpiName, codes) => {
  const { promotion, drift } = read(
    bodyOf({ promotionId: 1, promotionRestriction: { issualRestrictions: [{ ...RESTRICTION, kpi }] } }),
  );
  expect(promotion?.restrictions.issual).toMatchObject([{ kpi: 'UNKNOWN', kpiName, remaining: '9.000' }]);
  expect(drift).toEqual(
    codes.map((code) => ({ field: 'promotions[].promotionRestriction.issualRestrictions[].kpi', code })),
  );
});

test.each<[unknown, unknown, boolean, string | null]>([
  ['10', '3', false, '7'],
  [10, '2.500', false, '7.500'],
  ['1', '3', false, '-2'],
  ['-1', '3', true, null],
  ['-1.000', '3', true, null],
  [-1, 3, true, null],
  [undefined, '3', false, null],
  ['10', undefined, false, null],
  ['ten', '3', false, null],
])(
  'A restriction limited to %j of which %j is used: unlimited %j, remaining %j',
  (maxLimit, currentCustomerUsage, unlimited, remaining) => {
    const restriction = { ...RESTRICTION, maxLimit, currentCustomerUsage };
    const { promotion } = read(bodyOf({ promotionId: 1, promotionRestriction: { earnRestrictions: [restriction] } }));
    expect(promotion?.restrictions.earn).toMatchObject([{ unlimited, remaining }]);
  },
);
