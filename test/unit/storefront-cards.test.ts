import { expect, test, vi } from 'vitest';
import { makeFragmentData } from '../../examples/storefront/src/generated/fragment-masking.ts';
import type { LimitFragment, OfferFragment } from '../../examples/storefront/src/generated/graphql.ts';

// The page's numbers and dates follow the browser's languages, which it reads when it is loaded.
vi.stubGlobal('navigator', { languages: ['de-DE', 'en-GB'] });
const { limitOf } = await import('../../examples/storefront/src/offers/limit.ts');
const { OFFER, offerOf } = await import('../../examples/storefront/src/offers/offer.ts');

function restriction(given: Record<string, unknown>): LimitFragment {
  const empty = { kpi: 'NUMBER_OF_TIMES', maxLimit: null, limitOn: 'CUSTOMER', unlimited: false, remaining: null };
  return { ...empty, ...given } as LimitFragment;
}

const left = (amount: number, share: number, text = String(amount)) => ({ left: { amount, share, text } });

test.each([
  ['a bar', { maxLimit: '40.000', remaining: '10.000' }, { text: 'of 40 left', ...left(10, 0.25) }],
  ['an empty bar when overdrawn', { maxLimit: '3', remaining: '-2' }, left(0, 0)],
  ['an empty bar if nothing is allowed', { maxLimit: '0', remaining: '0' }, left(0, 0)],
  ['a bar never over full', { maxLimit: '3', remaining: '5' }, left(5, 1)],
  ['a rule without usage', { maxLimit: '30.000', limitOn: 'EVENT' }, { text: 'Up to 30 each time' }],
  ['a question without a limit', {}, { text: 'Ask in the shop' }],
  ['boundless', { maxLimit: '-1', unlimited: true }, { text: 'No limit' }],
  ['periodic', { maxLimit: '4', remaining: '1', periodUnit: 'WEEKLY' }, { label: 'Uses, weekly', until: 'this week' }],
  ['one of an unheard-of period', { maxLimit: '4', periodUnit: 'LUNAR' }, { label: 'Uses', until: 'for now' }],
  ['one of an unheard-of KPI', { kpi: 'UNKNOWN', maxLimit: '4' }, { label: 'Another limit', noun: undefined }],
])('A restriction is shown as %s', (_, given, expected) => {
  expect(limitOf(restriction(given))).toMatchObject(expected);
});

test.each([
  ['a basket', { kpi: 'MAX_ALLOWED_TIMES_PER_CART' }, { label: 'Uses in a basket', text: 'Up to 4' }],
  ['a reward', { kpi: 'NUMBER_OF_REDEMPTIONS_PER_EARN' }, { label: 'Uses of a reward', text: 'Up to 4' }],
  ['all members', { limitOn: 'PROMOTION' }, { label: 'Uses for all members', text: 'Up to 4' }],
])('What is left of a limit for %s is not known', (_, given, expected) => {
  const limit = limitOf(restriction({ maxLimit: '4', remaining: '1', ...given }));
  expect(limit).toMatchObject(expected);
  expect(limit.left).toBeUndefined();
});

const NOW = Date.parse('2026-01-23T12:00:00.000Z');
const ENDED = { endDate: '2026-01-01T00:00:00.000Z' };
const COMING = { startDate: '2026-02-01T00:00:00.000Z' };

function count(kpi: string, maxLimit: string, remaining: string, given: Record<string, unknown> = {}): LimitFragment {
  return restriction({ kpi, maxLimit, remaining, ...given });
}

function limits(given: { readonly [kind in 'redemption' | 'earn' | 'issual']?: readonly LimitFragment[] }) {
  return { restrictions: { redemption: [], earn: [], issual: [], ...given } };
}

const WEEKLY = { type: 'PERIOD_BASED', periodUnit: 'WEEKLY' };
const USES = count('NUMBER_OF_TIMES', '5', '3');
const POINTS = count('NUMBER_OF_POINTS', '40', '2');
const NO_USES = count('NUMBER_OF_TIMES', '5', '0');
const NO_USES_THIS_WEEK = count('NUMBER_OF_TIMES', '5', '0', WEEKLY);
const NO_VOUCHERS = count('NUMBER_OF_ISSUALS', '1', '0');
const NO_REWARDS = count('NUMBER_OF_EARNS', '20', '0');

function offer(given: Record<string, unknown>, { redeemable = false, fields = [] as string[] } = {}) {
  const promotion = {
    promotionId: '7',
    name: 'An offer',
    description: null,
    startDate: null,
    endDate: null,
    pointsOfferType: 'GENERIC',
    customerUsage: { currentPointsPerCustomer: '1200.000' },
    ...limits({}),
    enrolments: [],
    ...given,
  } as unknown as OfferFragment;
  const warnings = fields.map((field) => ({ promotionId: '7', field }));
  const others = [
    { promotionId: '8', field: 'promotionName' },
    { promotionId: null, field: null },
  ];
  return offerOf(makeFragmentData(promotion, OFFER), { now: NOW, redeemable, warnings: [...others, ...warnings] });
}

test.each([
  [
    'what is left to redeem, vouchers issued or not',
    limits({ redemption: [USES], issual: [NO_VOUCHERS] }),
    'usable',
    { figure: '3', text: 'uses left' },
  ],
  [
    'what is left to redeem, rewards earned or not',
    limits({ redemption: [USES], earn: [NO_REWARDS] }),
    'usable',
    { figure: '3', text: 'uses left' },
  ],
  [
    'uses without comparing them to points',
    limits({ redemption: [USES, POINTS] }),
    'usable',
    { figure: '3', text: 'uses left' },
  ],
  [
    'the least that is left',
    limits({ redemption: [count('NUMBER_OF_TIMES', '9', '9'), count('NUMBER_OF_TIMES', '5', '1', WEEKLY)] }),
    'usable',
    { figure: '1', text: 'use left', note: 'weekly' },
  ],
  [
    'a big number briefly',
    limits({ redemption: [count('NUMBER_OF_POINTS', '123456789', '123456789')] }),
    'usable',
    { figure: '123m' },
  ],
  [
    'what is left to get if redeeming is not counted',
    limits({ issual: [count('NUMBER_OF_ISSUALS', '9', '4')] }),
    'usable',
    { figure: '4', text: 'vouchers left' },
  ],
  [
    'the most in one use',
    limits({ redemption: [restriction({ kpi: 'MAX_ALLOWED_POINTS_PER_CART', maxLimit: '30' })] }),
    'usable',
    { figure: '30', text: 'points at most', note: 'in a basket' },
  ],
  ['that it is open if nothing is counted', {}, 'usable', { figure: 'Open', text: '1,200 points earned' }],
  ['no figure without a noun', limits({ redemption: [count('UNKNOWN', '3', '0')] }), 'usable', { figure: 'Open' }],
  [
    'that it is used up',
    limits({ redemption: [USES, NO_USES] }),
    'used-up',
    { figure: 'Used up', text: 'no uses left' },
  ],
  [
    'that there is no more this week',
    limits({ redemption: [USES, NO_USES_THIS_WEEK] }),
    'paused',
    { figure: 'No more', text: 'this week' },
  ],
  [
    'that it is used up, this week and for ever',
    limits({ redemption: [NO_USES_THIS_WEEK, NO_USES] }),
    'used-up',
    { figure: 'Used up' },
  ],
  [
    'that it starts',
    { ...limits({ redemption: [NO_USES] }), ...COMING },
    'coming',
    { figure: 'Starts', text: '1 Feb' },
  ],
  [
    'that it has ended',
    { ...limits({ redemption: [NO_USES] }), ...ENDED },
    'ended',
    { figure: 'Ended', text: '1,200 points earned' },
  ],
])('A card says %s', (_, given, standing, glance) => {
  expect(offer(given)).toMatchObject({ standing, glance });
});

test('A voucher that the gateway says can be redeemed is not used up', () => {
  expect(offer(limits({ redemption: [NO_USES] }), { redeemable: true }).standing).toBe('usable');
  expect(offer(limits({ redemption: [NO_USES_THIS_WEEK] }), { redeemable: true }).standing).toBe('paused');
});

test('A card names what could not be read of its own promotion, once each', () => {
  const fields = [
    'promotionRestriction.earnRestrictions[].kpi',
    'promotionRestriction.issualRestrictions[].kpi',
    'endDate',
    'programId',
  ];
  expect(offer({}, { fields }).unreadable).toBe('its limits and its end');
  expect(offer({}).unreadable).toBe('');
});
