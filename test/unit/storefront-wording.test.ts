import { CombinedGraphQLErrors, ServerError, ServerParseError } from '@apollo/client/errors';
import { expect, test, vi } from 'vitest';
import { problemOf } from '../../examples/storefront/src/page/problem.ts';
import { catalogue } from '../../src/model/errors.ts';

// The page's numbers and dates follow the browser's languages, which it reads when it is loaded.
vi.stubGlobal('navigator', { languages: ['de-DE', 'en-GB'] });
const { formatNumber, validityOf } = await import('../../examples/storefront/src/offers/format.ts');

test.each([
  ['50.000', '50'],
  ['1200.500', '1,200.5'],
  ['9007199254740993', '9,007,199,254,740,993'],
  [1250, '1,250'],
])('The number %s is shown as %s, in English like the page', (number, text) => {
  expect(formatNumber(number)).toBe(text);
});

const now = Date.parse('2026-11-23T12:00:00.000Z');
test.each([
  [null, null, { kind: 'running', text: 'No end date' }],
  ['2026-12-01T00:00:00.000Z', null, { kind: 'coming', text: 'No end date' }],
  ['2026-12-01T00:00:00.000Z', '2026-12-31T23:59:59.000Z', { kind: 'coming', text: 'Until 31 Dec' }],
  [null, '2026-11-23T11:59:59.000Z', { kind: 'over', text: 'Ended 23 Nov' }],
  [null, '2024-09-29T23:59:59.000Z', { kind: 'over', text: 'Ended 29 Sept 2024' }],
  [null, '2026-11-23T23:59:59.000Z', { kind: 'soon', text: 'Last day' }],
  [null, '2026-11-24T00:00:01.000Z', { kind: 'soon', text: '1 day left' }],
  [null, '2026-11-26T12:00:00.000Z', { kind: 'soon', text: '3 days left' }],
  ['2026-01-01T00:00:00.000Z', '2026-12-31T23:59:59.000Z', { kind: 'running', text: 'Until 31 Dec' }],
])('An offer from %s to %s is shown as %o', (start, end, expected) => {
  expect(validityOf(start, end, now)).toEqual(expected);
});

const extensions = { code: 'RATE_LIMITED', retryAfterSeconds: 7, requestId: 'r-1' };
const unreadable = (bodyText: string) =>
  new ServerParseError(new SyntaxError('not JSON'), { response: new Response(), bodyText });
const refused = (body: string) =>
  new ServerError('refused', { response: new Response(null, { status: 429 }), bodyText: body });

test.each([
  ['an error of the gateway', new CombinedGraphQLErrors({ errors: [{ message: '', extensions }] }), extensions],
  ['a request error', refused(JSON.stringify({ errors: [{ extensions }] })), extensions],
  ["a proxy's page of HTML", refused('<h1>Bad gateway</h1>'), { code: 'NOT_THE_GATEWAY' }],
  ['a page of HTML with HTTP 200', unreadable('<h1>Sign in</h1>'), { code: 'NOT_THE_GATEWAY' }],
  ["JSON that is not the gateway's", refused('null'), { code: 'NOT_THE_GATEWAY' }],
  ['no network', new TypeError('Failed to fetch'), { code: 'NETWORK' }],
])('The problem of %s has its code', (_, error, problem) => {
  expect(problemOf(error)).toMatchObject(problem);
});

const titleOf = (code: string) =>
  problemOf(new CombinedGraphQLErrors({ errors: [{ message: '', extensions: { code } }] })).title;
/** Codes that only a wrong client or a defect causes. They have the general notice. */
const OURS = [
  'INTERNAL_SERVER_ERROR',
  'BAD_REQUEST',
  'BODY_TOO_LARGE',
  'EVENT_NOT_SHARED',
  'FRAGMENT_CYCLE',
  'HEADERS_TOO_LARGE',
  'METHOD_NOT_ALLOWED',
  'GRAPHQL_PARSE_FAILED',
  'HEADERS_TOO_LARGE',
  'GRAPHQL_VALIDATION_FAILED',
  'NOT_FOUND',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_DEEP',
  'OPERATION_TOO_LARGE',
  'PERSISTED_QUERY_NOT_FOUND',
  'RESPONSE_TOO_LARGE',
  'TOO_MANY_ALIASES',
  'TOO_MANY_DIRECTIVES',
  'TOO_MANY_ERRORS',
  'UNSUPPORTED_ENCODING',
];

test.each([...catalogue().keys(), 'NETWORK', 'NOT_THE_GATEWAY'].filter((code) => !OURS.includes(code)))(
  'The code %s has a notice of its own',
  (code) => {
    expect(titleOf(code)).not.toBe(titleOf('A_CODE_OF_NEXT_YEAR'));
  },
);
