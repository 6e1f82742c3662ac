import { expect, test, vi } from 'vitest';
import { makeFragmentData } from '../../examples/storefront/src/generated/fragment-masking.ts';
import type { AllowanceFragment, OfferFragment } from '../../examples/storefront/src/generated/graphql.ts';

// The page's numbers and dates follow the browser's languages, which it reads when it is loaded.
vi.stubGlobal('navigator', { languages: ['en-GB'] });
const { allowanceOf, tightestFirst } = await import('../../examples/storefront/src/offers/allowance.ts');
const { OFFER, offerOf } = await import('../../examples/storefront/src/offers/offer.ts');

function restriction(given: Record<string, unknown>): AllowanceFragment {
  return {
    kpi: 'NUMBER_OF_TIMES',
    maxLimit: null,
    limitOn: 'CUSTOMER',
    unlimited: false,
    remaining: null,
    ...given,
  } as AllowanceFragment;
}

test.each([
  ['a bar', { maxLimit: '40.000', remaining: '10.000' }, { kind: 'count', leftText: '10', ofText: '40', share: 0.25 }],
  ['an empty bar when used up', { maxLimit: '3', remaining: '0' }, { kind: 'count', leftText: '0', share: 0 }],
  ['an empty bar when overdrawn', { maxLimit: '3', remaining: '-2' }, { leftText: '0', left: 0, share: 0 }],
  ['an empty bar if nothing is allowed', { maxLimit: '0', remaining: '0' }, { kind: 'count', share: 0 }],
  ['a bar never over full', { maxLimit: '3', remaining: '5' }, { kind: 'count', leftText: '5', share: 1 }],
  ['a rule without usage', { maxLimit: '30.000', limitOn: 'EVENT' }, { kind: 'rule', text: 'Up to 30 each time' }],
  ['a rule for the whole promotion', { maxLimit: '9', limitOn: 'PROMOTION' }, { kind: 'rule', text: 'Up to 9' }],
  ['a question without a limit', {}, { kind: 'rule', text: 'Ask in the shop' }],
  ['boundless', { maxLimit: '-1', unlimited: true }, { kind: 'rule', text: 'No limit' }],
  ['periodic', { maxLimit: '4', remaining: '1', periodUnit: 'WEEKLY' }, { label: 'Uses, weekly', note: 'weekly' }],
  ['one of an unheard-of period', { maxLimit: '4', remaining: '1', periodUnit: 'LUNAR' }, { label: 'Uses', note: '' }],
  ['one of an unheard-of KPI', { kpi: 'UNKNOWN', maxLimit: '4', remaining: '1' }, { label: 'Another limit', noun: '' }],
  [
    'one that all members share',
    { kpi: 'MAX_ALLOWED_EVENTS_PER_PROMOTION', maxLimit: '4', remaining: '1' },
    { label: 'Purchases for all members', noun: 'purchases', note: 'for all members' },
  ],
])('A restriction is shown as %s', (_, given, expected) => {
  expect(allowanceOf(restriction(given))).toMatchObject(expected);
});

test('The smallest count is shown first, then the larger ones, then the rules', () => {
  const all = [
    { kpi: 'MAX_ALLOWED_TIMES_PER_CART', maxLimit: '30', limitOn: 'EVENT' },
    { kpi: 'MAX_ALLOWED_POINTS_PER_CART', maxLimit: '40', remaining: '19' },
    { unlimited: true, maxLimit: '-1' },
    { kpi: 'NUMBER_OF_EARNS', maxLimit: '20', remaining: '13' },
  ].map((given) => allowanceOf(restriction(given)));
  expect(tightestFirst(all).map(({ label }) => label)).toEqual([
    'Rewards',
    'Points in a basket',
    'Uses in a basket',
    'Uses',
  ]);
});

const NOW = Date.parse('2026-11-23T12:00:00.000Z');
const ENDED = { endDate: '2026-11-01T00:00:00.000Z' };
const POINTS = restriction({ maxLimit: '40', remaining: '19', kpi: 'NUMBER_OF_POINTS' });

/** Nineteen points are left, and rewards as given. */
function limited(...rewards: readonly string[]) {
  const earn = rewards.map((remaining) => restriction({ kpi: 'NUMBER_OF_EARNS', maxLimit: '20', remaining }));
  return { restrictions: { redemption: [POINTS], earn, issual: [] } };
}

function offer(given: Record<string, unknown>) {
  const promotion = {
    name: 'An offer',
    description: null,
    startDate: null,
    endDate: null,
    pointsOfferType: 'GENERIC',
    customerUsage: { currentPointsPerCustomer: '1200.000' },
    restrictions: { redemption: [], earn: [], issual: [] },
    enrolments: [],
    ...given,
  } as OfferFragment;
  return offerOf(makeFragmentData(promotion, OFFER), NOW);
}

test.each([
  ['the limit that binds', limited('13'), 'usable', { figure: '13', text: 'rewards left' }],
  ['the first limit if that one binds', limited('20'), 'usable', { figure: '19', text: 'points left' }],
  ['one that is left as one', limited('1'), 'usable', { figure: '1', text: 'reward left' }],
  ['that it is used up', limited('13', '0'), 'used-up', { figure: 'Used up', text: 'no rewards left' }],
  ['that it has ended', { ...limited('13'), ...ENDED }, 'ended', { figure: 'Ended', text: '1,200 points earned' }],
  ['that it has ended, used up or not', { ...limited('0'), ...ENDED }, 'ended', { figure: 'Ended' }],
  ['that it is open if nothing is counted', {}, 'usable', { figure: 'Open', text: '1,200 points earned' }],
])('A card shows the short text %s', (_, given, standing, glance) => {
  expect(offer(given)).toMatchObject({ standing, glance });
});
