import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pageFrom } from '../../src/upstream/payload/page.ts';
import { pageShape } from '../support/pageShape.ts';

const PAGE_DETAILS = { pageNumber: 0, pageSize: 10, totalEntries: 1, pageCount: 1 };

/** Every member as documented, or as upstream is known to write it. */
const RESTRICTION = { kpi: 'NUMBER_OF_ISSUALS', maxLimit: '10', currentCustomerUsage: '1.000', limitOn: 'CUSTOMER' };
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
const PROMOTION = {
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

const bodyOf = (...promotions: unknown[]) => ({ pageDetails: PAGE_DETAILS, customerId: 347297848, promotions });

/** Page and drift of a body, once the page is known to be of the model's shape. */
function read(body: Record<string, unknown>) {
  const { page, drift } = pageFrom(body);
  pageShape.parse(page);
  const warnings = [...page.warnings, ...page.entries.flatMap((entry) => entry.warnings)];
  const promotions = page.entries.map((entry) => entry.promotion);
  return { page, drift, warnings, promotions, promotion: promotions[0] ?? null };
}

describe('A payload as documented', () => {
  test('is taken over whole, without a warning', () => {
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
            id: '1122938',
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

  test('may leave out all but an id', () => {
    const { promotion, drift } = read(bodyOf({ promotionId: '1' }));
    expect(drift).toEqual([]);
    expect(promotion).toMatchObject({ id: '1', name: null, limits: null, metadata: [], enrolments: [] });
    expect(promotion?.restrictions).toEqual({ issual: [], earn: [], redemption: [] });
  });

  test('may hold members that nobody knows', () => {
    const { promotion, drift } = read({ ...bodyOf({ ...PROMOTION, tier: { a: 1 } }), traceId: [1] });
    expect(promotion).toEqual(read(bodyOf(PROMOTION)).promotion);
    expect(drift).toEqual([]);
  });
});

describe('A page', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ['customerId as text', { customerId: '347297848' }, { customerId: '347297848' }, []],
    ['customerId null', { customerId: null }, { customerId: null }, []],
    ['customerId false', { customerId: false }, { customerId: null }, ['customerId']],
    ['promotions null', { promotions: null }, { entries: [] }, []],
    ['promotions absent', { promotions: undefined }, { entries: [] }, []],
    ['promotions an object', { promotions: {} }, { entries: [] }, ['promotions']],
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
  ])('with %s', (_, members, expected, fields) => {
    const { page, drift, warnings } = read({ ...bodyOf(), ...members });
    expect(page).toMatchObject(expected);
    expect(drift).toEqual(fields.map((field) => ({ field, code: 'INVALID_VALUE' })));
    expect(warnings.map(({ code, message }) => [code, message.split(':')[0]])).toEqual(
      fields.map((field) => ['INVALID_VALUE', field]),
    );
  });

  test("passes on upstream's own warnings, objects or text, and says which it cannot read", () => {
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
    expect(page.warnings).toEqual([
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
  });

  test('takes one warning that came without a list', () => {
    expect(read({ ...bodyOf(), warnings: 'Slow' }).page.warnings).toEqual([{ code: null, message: 'Slow' }]);
  });

  test('keeps the place of a promotion that cannot be served, and says why there', () => {
    const { page } = read(bodyOf({ promotionId: 1 }, null, { promotionName: 'No id' }, 'x', { promotionId: 2 }));
    expect(page.entries.map(({ promotion }) => promotion?.id ?? null)).toEqual(['1', null, null, null, '2']);
    expect(page.entries.map(({ warnings }) => warnings.map(({ message }) => message))).toEqual([
      [],
      ['promotions[]: null cannot be read.'],
      ['promotions[].promotionId: a missing value cannot be read.'],
      ['promotions[]: "x" cannot be read.'],
      [],
    ]);
    expect(page.warnings).toEqual([]);
  });

  test('of poison tells of the first hundred findings and counts the rest', () => {
    const { page, warnings, drift } = read({ ...bodyOf(...Array(5000).fill(false)), warnings: Array(300).fill('w') });
    expect(page.entries).toHaveLength(5000);
    expect(drift).toHaveLength(100);
    expect(page.warnings.slice(0, 100)).toEqual(Array(100).fill({ code: null, message: 'w' }));
    expect(page.warnings.slice(100).map(({ message }) => message)).toEqual([
      'Further warnings of upstream: 200.',
      'Values that were replaced or dropped without a warning of their own: 4900.',
    ]);
    expect(warnings).toHaveLength(202);
  });
});

describe('A warning', () => {
  test('names field, value and promotion', () => {
    const { page } = read(bodyOf({ ...PROMOTION, startDate: 'soon', pointsOfferType: 'CASHBACK' }));
    expect(page.entries[0]?.warnings).toEqual([
      {
        code: 'INVALID_VALUE',
        message: 'promotions[].startDate: "soon" cannot be read (promotion "1122938").',
      },
      {
        code: 'UNKNOWN_VALUE',
        message: 'promotions[].pointsOfferType: "CASHBACK" is not known to this schema (promotion "1122938").',
      },
    ]);
  });

  test('stays short, and shows nothing of an object or list', () => {
    const { warnings } = read(bodyOf({ promotionId: 1, endDate: 'x'.repeat(1e6), active: { a: 'b' }, orgId: ['c'] }));
    expect(warnings.map(({ message }) => message)).toEqual([
      `promotions[].endDate: "${'x'.repeat(60)}…" cannot be read (promotion "1").`,
      'promotions[].active: an object cannot be read (promotion "1").',
      'promotions[].orgId: a list cannot be read (promotion "1").',
    ]);
  });
});

describe('A promotion', () => {
  test('has its organisation under either spelling; two that differ are told', () => {
    expect(read(bodyOf({ promotionId: 1, orgID: 50406 })).promotion?.orgId).toBe('50406');
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
  ])('keeps a restriction of KPI %j as UNKNOWN, with its name as sent', (kpi, kpiName, codes) => {
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
  ])('limited to %j and used %j', (maxLimit, currentCustomerUsage, unlimited, remaining) => {
    const restriction = { ...RESTRICTION, maxLimit, currentCustomerUsage };
    const { promotion } = read(bodyOf({ promotionId: 1, promotionRestriction: { earnRestrictions: [restriction] } }));
    expect(promotion?.restrictions.earn).toMatchObject([{ unlimited, remaining }]);
  });
});

/** Every place in PROMOTION, as the path of object keys and list indices. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (value === null || typeof value !== 'object') return [path];
  const inner = Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((member, at) => (String(at) === key ? replaced(member, rest, by) : member));
  if (value === null || typeof value !== 'object') return value;
  return { ...value, [key]: replaced((value as Record<string, unknown>)[key], rest, by) };
}

const fieldOf = (path: readonly string[]) =>
  `promotions[].${path.join('.')}`.replaceAll(/\.\d+/g, '[]').replace('numberOfTimes', 'numberOFTimes');

describe('Nothing is lost silently', () => {
  const places = placesIn(PROMOTION);

  test.each(places.map((path) => [fieldOf(path), path] as const))('%s of a type that it cannot have', (field, path) => {
    const whole = read(bodyOf(PROMOTION));
    const { drift, warnings, promotion } = read(bodyOf(replaced(PROMOTION, path, [['odd']])));
    expect(promotion).not.toEqual(whole.promotion);
    expect(drift.length).toBeGreaterThan(0);
    expect(drift.every((found) => found.field === field || found.field === `${field}[]`)).toBe(true);
    expect(warnings).toHaveLength(drift.length);
    expect(warnings.every(({ message }) => message.startsWith(field))).toBe(true);
  });

  test('whatever stands in one place: it shows in the promotion, or a warning names its field', () => {
    const without = (path: readonly string[]) => read(bodyOf(replaced(PROMOTION, path, null)));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (path, value) => {
        const { promotion, drift } = read(bodyOf(replaced(PROMOTION, path, value)));
        const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
        if (isEmpty || drift.some((found) => found.field.startsWith(fieldOf(path)))) return;
        // An object may hold nothing but members that nobody knows: those are ignored.
        if (typeof value === 'object' && !Array.isArray(value)) return;
        expect(promotion).not.toEqual(without(path).promotion);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('Nothing that upstream sends fails a page', () => {
  const anything = fc.jsonValue({ maxDepth: 3 });
  const names = [...Object.keys(PROMOTION), 'orgID', 'toString', '__proto__', 'x'];

  test('any JSON object is a page of the promised shape', () => {
    const promotion = fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 8 });
    const member = fc.oneof(anything, fc.array(promotion, { maxLength: 3 }));
    const page = fc.dictionary(
      fc.constantFrom('customerId', 'pageDetails', 'promotions', 'warnings', 'errors'),
      member,
    );
    fc.assert(
      fc.property(page, (body) => {
        const { entries } = read(JSON.parse(JSON.stringify(body))).page;
        expect(entries).toHaveLength(Array.isArray(body.promotions) ? body.promotions.length : 0);
      }),
      { numRuns: 500 },
    );
  });

  test('a promotion with any of its places taken by anything is of the promised shape', () => {
    const wrong = fc.tuple(fc.constantFrom(...placesIn(PROMOTION)), fc.oneof(anything, fc.constant({ toString: 1 })));
    fc.assert(
      fc.property(fc.array(wrong, { maxLength: 6 }), (wrongs) => {
        const promotion = wrongs.reduce<unknown>((whole, [path, value]) => replaced(whole, path, value), PROMOTION);
        read(JSON.parse(JSON.stringify(bodyOf(promotion))));
      }),
      { numRuns: 500 },
    );
  });
});
