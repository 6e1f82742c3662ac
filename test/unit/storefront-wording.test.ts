import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';
import { expect, test } from 'vitest';
import { problemOf } from '../../examples/storefront/src/api/problem.ts';
import type { RestrictionBarFragment } from '../../examples/storefront/src/generated/graphql.ts';
import { allowanceOf } from '../../examples/storefront/src/offers/allowance.ts';
import { formatDecimal, plural, validityOf } from '../../examples/storefront/src/offers/format.ts';
import { noticeOf } from '../../examples/storefront/src/page/notices.ts';
import { catalogue } from '../../src/model/errors.ts';

function restriction(given: Record<string, unknown>): RestrictionBarFragment {
  return {
    kpi: 'NUMBER_OF_TIMES',
    kpiName: 'NUMBER_OF_TIMES',
    maxLimit: null,
    limitOn: 'CUSTOMER',
    unlimited: false,
    remaining: null,
    ...given,
  } as RestrictionBarFragment;
}

test.each([
  ['a bar', { maxLimit: '40.000', remaining: '10.000' }, { kind: 'counted', left: '10', of: '40', share: 0.25 }],
  ['an empty bar when used up', { maxLimit: '3', remaining: '0' }, { kind: 'counted', left: '0', share: 0 }],
  ['an empty bar when overdrawn', { maxLimit: '3', remaining: '-2' }, { kind: 'counted', left: '0', share: 0 }],
  ['an empty bar where nothing is allowed', { maxLimit: '0', remaining: '0' }, { kind: 'counted', share: 0 }],
  ['a bar never over full', { maxLimit: '3', remaining: '5' }, { kind: 'counted', left: '5', share: 1 }],
  ['a rule without usage', { maxLimit: '30.000', limitOn: 'EVENT' }, { kind: 'rule', text: 'Up to 30 each time' }],
  ['a rule for the whole promotion', { maxLimit: '9', limitOn: 'PROMOTION' }, { kind: 'rule', text: 'Up to 9' }],
  ['a question without a limit', {}, { kind: 'rule', text: 'Ask in the shop' }],
  ['boundless', { maxLimit: '-1', unlimited: true }, { kind: 'unlimited', text: 'No limit' }],
  ['periodic', { maxLimit: '4', remaining: '1', periodUnit: 'WEEKLY' }, { label: 'Uses, weekly' }],
  ['one of an unheard-of period', { maxLimit: '4', remaining: '1', periodUnit: 'LUNAR' }, { label: 'Uses' }],
  ['one of an unheard-of KPI', { kpi: 'UNKNOWN', kpiName: 'NUMBER_OF_MIRACLES' }, { label: 'Number of miracles' }],
])('A restriction is shown as %s', (_, given, expected) => {
  expect(allowanceOf(restriction(given))).toMatchObject(expected);
});

test.each([
  ['50.000', '50'],
  ['1200.500', '1,200.5'],
  ['0.1', '0.1'],
  ['9007199254740993', '9,007,199,254,740,993'],
])('The number %s is shown as %s', (decimal, text) => {
  expect(formatDecimal(decimal)).toBe(text);
});

test('A count is shown with its noun in the singular or plural', () => {
  expect([plural(0, 'offer'), plural(1, 'offer'), plural(1250, 'offer')]).toEqual([
    '0 offers',
    '1 offer',
    '1,250 offers',
  ]);
});

const now = Date.parse('2026-11-23T12:00:00.000Z');
test.each([
  [null, null, { kind: 'running', text: 'No end date' }],
  ['2026-12-01T00:00:00.000Z', null, { kind: 'coming', text: 'Starts 1 Dec 2026' }],
  [null, '2026-11-23T11:59:59.000Z', { kind: 'over', text: 'Ended 23 Nov 2026' }],
  [null, '2026-11-23T23:59:59.000Z', { kind: 'soon', text: 'Last day' }],
  [null, '2026-11-26T12:00:00.000Z', { kind: 'soon', text: '3 days left' }],
  ['2026-01-01T00:00:00.000Z', '2026-12-31T23:59:59.000Z', { kind: 'running', text: 'Until 31 Dec 2026' }],
])('An offer from %s to %s is shown as %o', (start, end, expected) => {
  expect(validityOf(start, end, now)).toEqual(expected);
});

const extensions = { code: 'RATE_LIMITED', retryAfterSeconds: 7, requestId: 'r-1' };
const refused = (body: string) =>
  new ServerError('refused', { response: new Response(null, { status: 429 }), bodyText: body });

test.each([
  ['an error of the gateway', new CombinedGraphQLErrors({ errors: [{ message: '', extensions }] }), extensions],
  ['a request error', refused(JSON.stringify({ errors: [{ extensions }] })), extensions],
  ['a page of HTML', refused('<h1>Bad gateway</h1>'), { code: 'NETWORK' }],
  ["JSON that is not the gateway's", refused('null'), { code: 'NETWORK' }],
  ['no network', new TypeError('Failed to fetch'), { code: 'NETWORK' }],
])('The problem behind %s is known by its code', (_, error, problem) => {
  expect(problemOf(error)).toEqual(problem);
});

const UNEXPECTED = noticeOf('A_CODE_OF_NEXT_YEAR');
/** Codes that only a badly built client or a defect brings about: "something went wrong" is all there is to say. */
const OURS = [
  'INTERNAL_SERVER_ERROR',
  'BAD_REQUEST',
  'BODY_TOO_LARGE',
  'FRAGMENT_CYCLE',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'NOT_FOUND',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_DEEP',
  'OPERATION_TOO_LARGE',
  'PERSISTED_QUERY_NOT_FOUND',
  'TOO_MANY_ALIASES',
  'TOO_MANY_DIRECTIVES',
];

test.each([...catalogue().keys(), 'NETWORK'].filter((code) => !OURS.includes(code)))(
  'The code %s has a notice of its own',
  (code) => {
    expect(noticeOf(code)).not.toBe(UNEXPECTED);
  },
);
