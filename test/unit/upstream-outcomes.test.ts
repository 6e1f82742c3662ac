import { expect, test } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import { consequencesOf } from '../../src/upstream/payload/outcome.ts';
import { pageOf } from '../../src/upstream/payload/pageReader.ts';

const errors = (...codes: unknown[]) => ({
  errors: codes.map((code) => ({ status: false, code, message: 'no customer 917406400033' })),
});

/** The error for a response. */
function failure(status: number, body: unknown): GatewayError {
  const sent = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  try {
    pageOf(
      { status, retryAfter: undefined, requestId: 'cap-1', contentType: 'text/html; charset=utf-8', body: sent },
      () => '',
    );
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('It is a page.');
}

test.each<[string, readonly number[]]>([
  ['CUSTOMER_NOT_FOUND', [8015, 8065, 8089, 816, 1011, 1012, 1013, 1020]],
  ['BAD_USER_INPUT', [8001, 8003, 8011, 8012, 8016, 8127]],
  ['BAD_USER_INPUT', [8002, 8013, 8092, 8093, 1104]],
  ['ACCOUNT_REQUIRED', [8045, 8091, 8054]],
  ['BAD_USER_INPUT', [8100, 8101, 8102, 8125]],
  ['DATA_SCOPE_REJECTED', [8126, 310144]],
  ['FORBIDDEN', [1044]],
  ['CUSTOMER_BLOCKED', [618]],
])('A documented code takes precedence over the status: %s for %j', (code, numbers) => {
  for (const number of numbers) {
    for (const status of [200, 400, 401, 403, 429, 500]) {
      const upstream = { status, code: number, requestId: 'cap-1' };
      expect(failure(status, errors(number)).extensions).toEqual({ code, upstream });
    }
  }
});

test('The message of a refused argument names it if upstream does', () => {
  const messages = [8003, 8013, 8100, 8101, 8125, 400].map((code) => failure(200, errors(code)).message);
  expect(messages).toEqual([
    'Upstream refused the source. Use one that is set up for the organisation.',
    'Upstream refused the identifier. Check its name and value.',
    'Upstream refused the offset.',
    'Upstream refused the limit.',
    'Upstream refused the promotion status.',
    'Upstream refused an argument and did not name it. Check the identifier and the source.',
  ]);
});

test('An unknown code is kept unless it is so long that it could be an identifier', () => {
  const upstreamCode = (code: unknown) => failure(200, errors(code)).upstream?.code;
  expect([123456, '42'].map(upstreamCode)).toEqual([123456, 42]);
  expect([1234567, 347297848, '917406400033'].map(upstreamCode)).toEqual([undefined, undefined, undefined]);
});

test.each<[number, unknown, string]>([
  [401, errors(500), 'UNAUTHENTICATED'],
  [401, errors(999), 'UNAUTHENTICATED'],
  [401, '<html>', 'UNAUTHENTICATED'],
  [403, errors(400), 'FORBIDDEN'],
  [403, '', 'FORBIDDEN'],
  [429, errors(500), 'UPSTREAM_RATE_LIMITED'],
  [429, '<html>', 'UPSTREAM_RATE_LIMITED'],
  [500, errors(500), 'UPSTREAM_UNAVAILABLE'],
  [503, errors('x'), 'UPSTREAM_UNAVAILABLE'],
  [200, errors(500), 'UPSTREAM_UNAVAILABLE'],
  [400, errors(500), 'UPSTREAM_UNAVAILABLE'],
  [200, errors(400), 'BAD_USER_INPUT'],
  [500, errors(400), 'BAD_USER_INPUT'],
  [200, errors(500, 8015), 'CUSTOMER_NOT_FOUND'],
  [200, errors(999, 500), 'UPSTREAM_UNAVAILABLE'],
])('The status takes precedence over a code that only repeats it: %i %j is %s', (status, body, code) => {
  expect(failure(status, body).code).toBe(code);
});

const FAILING = { retried: true, opensCircuit: true, keepsPages: true };
const SPARED = { retried: false, opensCircuit: false, keepsPages: true };
const REFUSED = { retried: false, opensCircuit: false, keepsPages: false };

test.each<[string, unknown, typeof FAILING, string | undefined]>([
  ['a 500', failure(500, ''), FAILING, 'HTTP 500'],
  ['a 500 whose code says no more', failure(500, errors(500)), FAILING, 'HTTP 500, code 500'],
  ['an unknown code with a 503', failure(503, errors(999)), FAILING, 'HTTP 503, code 999'],
  ['the code 500 with a 200', failure(200, errors(500)), FAILING, 'HTTP 200, code 500'],
  ['a 429', failure(429, ''), SPARED, 'HTTP 429'],
  ['a page of HTML', failure(200, '<html>'), SPARED, 'no JSON (text/html)'],
  ['JSON of something else', failure(200, '{"a": 1}'), SPARED, 'not a promotions page'],
  ['null', failure(200, 'null'), SPARED, 'not a promotions page'],
  ['a list', failure(200, '[]'), SPARED, 'not a promotions page'],
  ['too many lists', failure(200, '[]'.repeat(200_001)), SPARED, 'more than 200,000 objects and lists'],
  ['a redirect', failure(302, ''), SPARED, 'HTTP 302'],
  ['an unknown customer', failure(200, errors(8015)), REFUSED, 'code 8015'],
  ['an unknown customer with a 500', failure(500, errors(8015)), REFUSED, 'code 8015'],
  ['a refused offset', failure(400, errors(8100)), SPARED, 'code 8100'],
  ['a refused offset of a blocked customer', failure(400, errors(8100, 618)), REFUSED, 'code 618'],
  ['a refused limit of an unknown customer', failure(200, errors(8101, 8015)), REFUSED, 'code 8015'],
  ['an unknown code', failure(200, errors(999)), REFUSED, 'HTTP 200, code 999'],
  ['a 400', failure(400, '{}'), REFUSED, 'HTTP 400'],
  ['a 401', failure(401, ''), REFUSED, 'HTTP 401'],
  ['an open circuit', new GatewayError('UPSTREAM_UNAVAILABLE', { retryAfterSeconds: 5 }), SPARED, undefined],
  ['a deadline of our own', new GatewayError('UPSTREAM_TIMEOUT'), SPARED, undefined],
  ['a bug of our own', new TypeError('x is not a function'), SPARED, undefined],
])('The meaning of a response decides retries, circuit and stale pages: %s', (_, error, followed, cause) => {
  expect(consequencesOf(error)).toMatchObject(followed);
  expect((error as Error).cause).toBe(cause);
});
