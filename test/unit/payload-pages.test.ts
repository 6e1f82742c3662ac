import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPage } from '../../src/upstream/payload/pageReader.ts';
import { bodyOf, PAGE_DETAILS, PROMOTION, read } from './support/payloads.ts';

/** A name, members of the body, what the page then has, and the fields that it warns of. */
type PageCase = [string, Record<string, unknown>, Record<string, unknown>, string[]];

test.each<PageCase>([
  ['customerId as text', { customerId: '347297848' }, { customerId: '347297848' }, []],
  ['customerId null', { customerId: null }, { customerId: null }, []],
  ['customerId false', { customerId: false }, { customerId: null }, ['customerId']],
  ...[0, -1, '0347297848', ' 347297848', '+347297848', '347297848.0', 'none'].map(
    (customerId): PageCase => [
      `customerId ${JSON.stringify(customerId)}, which is no id`,
      { customerId },
      { customerId: null },
      ['customerId'],
    ],
  ),
  ['promotions null', { promotions: null }, { entries: [] }, []],
  ['promotions absent', { promotions: undefined }, { entries: [] }, ['promotions']],
  ['promotions an empty object', { promotions: {} }, { entries: [] }, ['promotions']],
  [
    'promotions one promotion',
    { pageDetails: PAGE_DETAILS, promotions: { promotionId: 7 } },
    { entries: [{ promotion: { promotionId: '7' } }] },
    ['promotions'],
  ],
  ['pageDetails null', { pageDetails: null }, { pageDetails: null }, ['pageDetails']],
  ['pageDetails a list', { pageDetails: [] }, { pageDetails: null }, ['pageDetails']],
  [
    'counts as text',
    { pageDetails: { pageNumber: '0', pageSize: '10', totalEntries: '1', pageCount: '1.000' } },
    { pageDetails: PAGE_DETAILS },
    [],
  ],
  [
    'a count missing',
    { pageDetails: { ...PAGE_DETAILS, pageCount: undefined } },
    { pageDetails: { ...PAGE_DETAILS, pageCount: null } },
    ['pageDetails.pageCount'],
  ],
  [
    'a count below zero',
    { pageDetails: { ...PAGE_DETAILS, pageNumber: -1 } },
    { pageDetails: { ...PAGE_DETAILS, pageNumber: null } },
    ['pageDetails.pageNumber'],
  ],
  [
    'the total missing',
    { pageDetails: { ...PAGE_DETAILS, totalEntries: 'many' } },
    { pageDetails: null },
    ['pageDetails.totalEntries'],
  ],
  [
    'a total that it disproves',
    { pageDetails: { ...PAGE_DETAILS, totalEntries: 1 }, promotions: [PROMOTION, PROMOTION] },
    { pageDetails: null },
    ['pageDetails.totalEntries'],
  ],
  ['an empty warning', { warnings: '' }, { warnings: [] }, []],
  ['empty warnings', { warnings: [''] }, { warnings: [] }, []],
])('A page with %s is read', (_, members, expected, fields) => {
  const { page, drift, warnings } = read({ ...bodyOf(), ...members });
  expect(page).toMatchObject(expected);
  expect(drift).toEqual(fields.map((field) => ({ field, code: 'INVALID_VALUE' })));
  expect(warnings.map(({ code, message }) => [code, message.split(':')[0]])).toEqual(
    fields.map((field) => ['INVALID_VALUE', field]),
  );
});

test("A page holds upstream's own warnings, objects or text, and warns about those that cannot be read", () => {
  const warnings = [
    { status: false, code: 1234, message: 'Usage is delayed' },
    { code: '77', message: null },
    'Plain words',
    { message: 'No code' },
    42,
    null,
    {},
    { code: {}, message: 'Odd code' },
  ];
  const { page } = read({ ...bodyOf(), warnings });
  expect(page.warnings.map(({ code, message }) => ({ code, message }))).toEqual([
    { code: '1234', message: 'Usage is delayed' },
    { code: '77', message: 'Upstream warned with code 77.' },
    { code: null, message: 'Plain words' },
    { code: null, message: 'No code' },
    { code: null, message: 'Odd code' },
    { code: 'INVALID_VALUE', message: 'warnings[]: 42 cannot be read.' },
    { code: 'INVALID_VALUE', message: 'warnings[]: null cannot be read.' },
    { code: 'INVALID_VALUE', message: 'warnings[].message: a missing value cannot be read.' },
    { code: 'INVALID_VALUE', message: 'warnings[].code: an object cannot be read.' },
  ]);
  expect(page.warnings.map(({ promotionId, field }) => [promotionId, field])).toEqual([
    ...Array(5).fill([null, null]),
    [null, 'warnings[]'],
    [null, 'warnings[]'],
    [null, 'warnings[].message'],
    [null, 'warnings[].code'],
  ]);
});

test('A page holds a warning that was sent without a list', () => {
  expect(read({ ...bodyOf(), warnings: 'Slow' }).page.warnings).toEqual([
    { code: null, message: 'Slow', promotionId: null, field: null },
  ]);
});

test('A page keeps the position of a promotion that cannot be read, with the reason', () => {
  const { page } = read(bodyOf({ promotionId: 1 }, null, { promotionName: 'No id' }, 'x', { promotionId: 2 }));
  expect(page.entries.map(({ promotion }) => promotion?.promotionId ?? null)).toEqual(['1', null, null, null, '2']);
  expect(page.entries.map(({ warnings }) => warnings.map(({ message }) => message))).toEqual([
    [],
    ['promotions[]: null cannot be read.'],
    ['promotions[].promotionId: a missing value cannot be read.'],
    ['promotions[]: "x" cannot be read.'],
    [],
  ]);
  expect(page.warnings).toEqual([]);
});

test("A page has at most a hundred of the gateway's warnings, and a count of the rest", () => {
  const { page, warnings, drift } = read({ ...bodyOf(...Array(5000).fill(false)), warnings: Array(300).fill('w') });
  expect(page.entries).toHaveLength(5000);
  expect(drift).toHaveLength(100);
  expect(page.warnings.slice(0, 100)).toEqual(
    Array(100).fill({ code: null, message: 'w', promotionId: null, field: null }),
  );
  expect(page.warnings.slice(100).map(({ message }) => message)).toEqual([
    '200 more warnings of upstream are not listed.',
    '900 more values were replaced or dropped.',
  ]);
  expect(warnings).toHaveLength(202);
});

test('A warning names field, value and promotion', () => {
  const { page } = read(bodyOf({ ...PROMOTION, startDate: 'soon', pointsOfferType: 'CASHBACK' }));
  expect(page.entries[0]?.warnings).toEqual([
    {
      code: 'INVALID_VALUE',
      message: 'promotions[].startDate: "soon" cannot be read (promotion "1122938").',
      promotionId: '1122938',
      field: 'startDate',
    },
    {
      code: 'UNKNOWN_VALUE',
      message: 'promotions[].pointsOfferType: "CASHBACK" is not known to this schema (promotion "1122938").',
      promotionId: '1122938',
      field: 'pointsOfferType',
    },
  ]);
});

test('A warning is short and shows nothing of an object or list', () => {
  const { warnings } = read(bodyOf({ promotionId: 1, endDate: 'x'.repeat(1e6), active: { a: 'b' }, orgId: ['c'] }));
  expect(warnings.map(({ message }) => message)).toEqual([
    `promotions[].endDate: "${'x'.repeat(60)}…" cannot be read (promotion "1").`,
    'promotions[].active: an object cannot be read (promotion "1").',
    'promotions[].orgId: a list cannot be read (promotion "1").',
  ]);
});

test('A whole number of any length keeps its digits as an id, a text and a decimal', () => {
  const digits = fc.oneof(
    fc.bigInt({ min: 1n, max: 10n ** 24n }),
    fc.bigInt({ min: 2n ** 53n - 5n, max: 2n ** 53n + 5n }),
  );
  fc.assert(
    fc.property(digits, (number) => {
      const promotion = `{ "promotionId": ${number}, "promotionName": ${number}, "limits": { "pointsPerCustomer": ${number} } }`;
      const body = Buffer.from(`{ "customerId": ${number}, "pageDetails": null, "promotions": [${promotion}] }`);
      const { customerId, entries } = readPage(body, () => '');
      const read = entries[0]?.promotion;
      const all = [customerId, read?.promotionId, read?.name, read?.limits?.pointsPerCustomer];
      expect(all).toEqual(Array(4).fill(String(number)));
    }),
    { examples: [[9007199254740992n], [10_000_000_000_000_000n], [58_734_675_677_193_550n]] },
  );
});
