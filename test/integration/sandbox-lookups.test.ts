import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { lookUp, SAMPLE } from '../support/sandboxLookups.ts';

const SOME = { ...SAMPLE, identifierValue: '917000000025' };

const names = ({ body }: Awaited<ReturnType<typeof lookUp>>) =>
  body.promotions.map(({ promotionName }) => promotionName);

test.for([
  ['mobile', '917406400033'],
  ['id', '347297848'],
  ['email', 'Sample@Example.com'],
  ['externalid', '000003873354'],
] as const)(
  "The reference page's sample customer is found by %s",
  async ([identifierName, identifierValue], { sandbox }) => {
    const { status, body } = await lookUp(sandbox, { identifierName, identifierValue, source: 'ALL' });
    expect(status).toBe(200);
    expect(body.customerId).toBe(347297848);
  },
);

test("The reference page's sample customer has the response that the page shows", async ({ sandbox }) => {
  expect((await lookUp(sandbox, SAMPLE)).body).toEqual({
    pageDetails: { pageNumber: 0, pageSize: 10, totalEntries: 1, pageCount: 1 },
    customerId: 347297848,
    promotions: [
      {
        promotionId: 1122938,
        promotionName: 'Award50',
        programId: 1147,
        startDate: '2024-08-30T00:00:00.000Z',
        endDate: '2024-09-29T23:59:59.000Z',
        identifier: 'ed64e808-dc10-4784-a752-eb7d8d55c87e',
        description: 'Award 50',
        active: true,
        eventName: 'TransactionAdd',
        limits: {
          maxPointsPerEvent: '0',
          pointsPerCustomer: '0',
          numberOFTimesPerCustomer: 0,
          totalPointsInPromotion: '0',
        },
        customerUsage: {
          currentPointsPerCustomer: '50.000',
          currentNumberOfTimesPerCustomer: 1,
          currentTotalPointsInPromotion: '0',
        },
        pointsOfferType: 'GENERIC',
        promotionRestriction: { issualRestrictions: [], earnRestrictions: [], redemptionRestrictions: [] },
        orgId: 50405,
      },
    ],
    warnings: [],
  });
});

test.for<readonly [Record<string, string>, readonly string[]]>([
  [{}, ['Award50']],
  [{ 'data-scope': 'SELF' }, ['Award50']],
  [{ 'data-scope': 'OTHER', 'data-scope-org': '50405' }, ['Award50']],
  [{ 'data-scope': 'OTHER', 'data-scope-org': '50406' }, ['Award 100 Points']],
  [{ 'data-scope': 'OTHER', 'data-scope-org': '50406, 50405' }, ['Award50', 'Award 100 Points']],
  [{ 'data-scope': 'ALL' }, ['Award50', 'Award 100 Points']],
  [{ 'data-scope': 'ALL', 'data-scope-org': '50406' }, ['Award 100 Points']],
])('The headers %j choose the organisations', async ([headers, expected], { sandbox }) => {
  expect(names(await lookUp(sandbox, SAMPLE, headers))).toEqual(expected);
});

test.for<Record<string, string>>([
  { 'data-scope': 'OTHER' },
  { 'data-scope': 'OTHER', 'data-scope-org': '' },
  { 'data-scope': 'OTHER', 'data-scope-org': '99999' },
  { 'data-scope': 'OTHER', 'data-scope-org': '50405,50406,50405' },
  { 'data-scope': 'SELF', 'data-scope-org': '50406' },
  { 'data-scope': 'NONE' },
])('The headers %j are refused with 310144', async (headers, { sandbox }) => {
  const { status, body } = await lookUp(sandbox, SAMPLE, headers);
  expect(status).toBe(400);
  expect(body).toEqual({
    errors: [{ status: false, code: 310144, message: 'Connected Orgs not set properly in Headers' }],
  });
});

test('A page has 10 promotions without a limit', async ({ sandbox }) => {
  const { body } = await lookUp(sandbox, SOME);
  expect(body.promotions).toHaveLength(10);
  expect(body.pageDetails).toEqual({ pageNumber: 0, pageSize: 10, totalEntries: 25, pageCount: 3 });
});

test.for<readonly [string, string, number, Record<string, number>]>([
  ['0', '0', 0, { pageNumber: 0, pageSize: 0, totalEntries: 25, pageCount: 0 }],
  ['10', '20', 5, { pageNumber: 2, pageSize: 10, totalEntries: 25, pageCount: 3 }],
  ['100', '0', 25, { pageNumber: 0, pageSize: 100, totalEntries: 25, pageCount: 1 }],
  ['10', '1000', 0, { pageNumber: 100, pageSize: 10, totalEntries: 25, pageCount: 3 }],
])('A page of limit %s from offset %s has %i promotions', async ([limit, offset, count, pageDetails], { sandbox }) => {
  const { body } = await lookUp(sandbox, { ...SOME, limit, offset });
  expect(body.promotions).toHaveLength(count);
  expect(body.pageDetails).toEqual(pageDetails);
});

test('The pages of a list together are the whole list, without a gap or a repetition', async ({ sandbox }) => {
  const all = { ...SOME, identifierValue: '917000000250' };
  const offsets = ['0', '100', '200'];
  const pages = await Promise.all(offsets.map((offset) => lookUp(sandbox, { ...all, limit: '100', offset })));
  expect(pages.map(({ body }) => body.promotions.length)).toEqual([100, 100, 50]);
  expect(new Set(pages.flatMap(names)).size).toBe(250);
});

test.for([
  ['AVAILABLE_TO_ENROL', true],
  ['AVAILABLE_TO_EARN', true],
  ['AVAILABLE_TO_REDEEM', true],
  ['EXPIRED', false],
] as const)(
  'Each promotion of the status %s is active: %s, and they are fewer than all',
  async ([status, isActive], { sandbox }) => {
    const { body } = await lookUp(sandbox, { ...SOME, promotionStatusForCustomer: status, limit: '100' });
    const active = body.promotions.map((promotion) => promotion.active);
    expect(new Set(active)).toEqual(new Set([isActive]));
    expect(body.pageDetails.totalEntries).toBe(active.length);
    expect(active.length).toBeLessThan(25);
  },
);

test('Alternate currencies are counted only if requested', async ({ sandbox }) => {
  const points = async (flag: Record<string, string>) =>
    (await lookUp(sandbox, { ...SOME, ...flag })).body.promotions[0]?.customerUsage.currentPointsPerCustomer;
  expect(await points({})).toBe('0.000');
  expect(await points({ includeAlternateCurrencyUsage: 'false' })).toBe('0.000');
  expect(await points({ includeAlternateCurrencyUsage: 'true' })).toBe('25.000');
});
