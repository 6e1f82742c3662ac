import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { catalogue, GatewayError } from '../../src/model/errors.ts';
import { pageOf } from '../../src/upstream/payload/pageReader.ts';

const PAGE = { pageDetails: { pageNumber: 0, pageSize: 10, totalEntries: 0, pageCount: 0 }, customerId: 1 };
const errors = (...codes: unknown[]) => ({
  errors: codes.map((code) => ({ status: false, code, message: 'no customer 917406400033' })),
});

/** The result of a response: a page, or the public part of an error. */
function outcome(status: number, body: unknown, retryAfter?: string) {
  const sent = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  try {
    const answer = { status, retryAfter, requestId: undefined, contentType: undefined, body: sent };
    return { page: pageOf(answer, () => '').page.customerId };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error.message).not.toContain('917406400033');
    return error.extensions;
  }
}

test.each<[number, unknown, string, number | undefined]>([
  [200, errors(8015), 'CUSTOMER_NOT_FOUND', 8015],
  [404, errors('8015'), 'CUSTOMER_NOT_FOUND', 8015],
  [500, errors(8015), 'CUSTOMER_NOT_FOUND', 8015],
  [200, { ...PAGE, promotions: [], ...errors(8015) }, 'CUSTOMER_NOT_FOUND', 8015],
  [400, errors(8013), 'BAD_USER_INPUT', 8013],
  [200, errors(8003), 'BAD_USER_INPUT', 8003],
  [200, errors(310144), 'DATA_SCOPE_REJECTED', 310144],
  [200, errors(999), 'UPSTREAM_REJECTED', 999],
  [500, errors(999), 'UPSTREAM_UNAVAILABLE', 999],
  [200, errors(999, 8015), 'CUSTOMER_NOT_FOUND', 8015],
  [200, errors(null, 'x', true, 1.5, [8015], ''), 'UPSTREAM_REJECTED', undefined],
  [200, errors({ toString: 1, valueOf: 1 }), 'UPSTREAM_REJECTED', undefined],
  [200, errors(917406400033), 'UPSTREAM_REJECTED', undefined],
  [200, { errors: [null, 'x'] }, 'UPSTREAM_REJECTED', undefined],
  [200, { errors: { code: 8015 } }, 'CUSTOMER_NOT_FOUND', 8015],
  [200, { errors: 'no customer 917406400033' }, 'UPSTREAM_REJECTED', undefined],
])('A body with errors takes precedence over the status: %i %j is %s', (status, body, code, upstreamCode) => {
  const upstream = upstreamCode === undefined ? { status } : { status, code: upstreamCode };
  expect(outcome(status, body)).toEqual({ code, upstream });
});

test.each([
  [401, 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN'],
  [429, 'UPSTREAM_RATE_LIMITED'],
])('Without an error body, the status %i is %s', (status, code) => {
  expect(outcome(status, '<html>')).toMatchObject({ code, upstream: { status } });
});

test.each<[number, unknown]>([
  [200, { ...PAGE, promotions: [] }],
  [200, { ...PAGE, promotions: null, errors: [] }],
  [200, { ...PAGE, errors: null }],
  ...[{}, '', 0, false, [null], [''], [{}], [0, false]].map((errors): [number, unknown] => [200, { ...PAGE, errors }]),
  [203, { customerId: 1 }],
  [404, { ...PAGE, promotions: [], errors: [] }],
])('A body without errors is a page: %i %j', (status, body) => expect(outcome(status, body)).toEqual({ page: '1' }));

test.each<[number, unknown, string]>([
  [500, '', 'UPSTREAM_UNAVAILABLE'],
  [502, '<html>', 'UPSTREAM_UNAVAILABLE'],
  [503, { ...PAGE, promotions: [] }, 'UPSTREAM_UNAVAILABLE'],
  [400, { message: 'Bad Request' }, 'UPSTREAM_REJECTED'],
  [404, { customerId: 1 }, 'UPSTREAM_REJECTED'],
  [404, '<html>', 'UPSTREAM_INVALID_RESPONSE'],
  [302, { ...PAGE, promotions: [] }, 'UPSTREAM_INVALID_RESPONSE'],
  [204, '', 'UPSTREAM_INVALID_RESPONSE'],
  [200, '{"customerId": 1', 'UPSTREAM_INVALID_RESPONSE'],
  [200, 'null', 'UPSTREAM_INVALID_RESPONSE'],
  [200, '[]', 'UPSTREAM_INVALID_RESPONSE'],
  [200, '"text"', 'UPSTREAM_INVALID_RESPONSE'],
  [200, {}, 'UPSTREAM_INVALID_RESPONSE'],
  [200, { errors: [] }, 'UPSTREAM_INVALID_RESPONSE'],
])('A body that is not a page is an error: %i %j is %s', (status, body, code) =>
  expect(outcome(status, body)).toEqual({ code, upstream: { status } }),
);

test.each<[string | undefined, number]>([
  ['7', 7],
  [' 7 ', 7],
  ['2.5', 3],
  ['120.0', 120],
  ['120, 60', 120],
  ['30s', 30],
  ['30 s', 30],
  ['2026-11-29', 1],
  ['0', 1],
  ['-5', 1],
  ['999999999999', 900],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 1],
  ['Fri, 01 Jan 9999 00:00:00 GMT', 900],
  ['soon', 1],
  ['', 1],
  [undefined, 1],
])('The Retry-After header %j becomes %i seconds', (header, retryAfterSeconds) =>
  expect(outcome(429, {}, header)).toMatchObject({ retryAfterSeconds }),
);

test('A Retry-After header with an HTTP date becomes whole seconds from now, rounded up', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-26T08:00:00.001Z') });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  expect(outcome(429, {}, 'Thu, 26 Nov 2026 08:00:30 GMT')).toMatchObject({ retryAfterSeconds: 30 });
  expect(outcome(429, {}, 'Thu, 26 Nov 2026 08:10:00 GMT')).toMatchObject({ retryAfterSeconds: 600 });
});

test('Any status with any body is read as a page or as an error of the catalogue', () => {
  const readings = ['a page', ...catalogue().keys()];
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ errors: fc.jsonValue(), promotions: fc.jsonValue() }, { requiredKeys: [] })
      .map((b) => JSON.stringify(b)),
  );
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), body, fc.option(fc.string()), (status, sent, retryAfter) => {
      const result = outcome(status, sent, retryAfter ?? undefined);
      expect(readings).toContain('page' in result ? 'a page' : result.code);
    }),
    { numRuns: 500 },
  );
});
