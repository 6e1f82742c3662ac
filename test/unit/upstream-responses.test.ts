import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/model/errors.ts';
import { pageOf } from '../../src/upstream/payload/response.ts';

const PAGE = { pageDetails: { pageNumber: 0, pageSize: 10, totalEntries: 0, pageCount: 0 }, customerId: 1 };
const errors = (...codes: unknown[]) => ({
  errors: codes.map((code) => ({ status: false, code, message: 'no customer 917406400033' })),
});

/** What an answer comes to: a page, or an error's public side. */
function outcome(status: number, body: unknown, retryAfter?: string) {
  const sent = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  try {
    return { page: pageOf({ status, retryAfter, body: sent }).page.customerId };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error.message).not.toContain('917406400033');
    return error.extensions;
  }
}

describe('A body with errors decides, whatever the status', () => {
  test.each<[number, unknown, string, number | undefined]>([
    [200, errors(8015), 'CUSTOMER_NOT_FOUND', 8015],
    [404, errors('8015'), 'CUSTOMER_NOT_FOUND', 8015],
    [500, errors(8015), 'CUSTOMER_NOT_FOUND', 8015],
    [200, { ...PAGE, promotions: [], ...errors(8015) }, 'CUSTOMER_NOT_FOUND', 8015],
    [400, errors(8013), 'BAD_USER_INPUT', 8013],
    [200, errors(8003), 'BAD_USER_INPUT', 8003],
    [200, errors(310144), 'DATA_SCOPE_REJECTED', 310144],
    [200, errors(999), 'UPSTREAM_REJECTED', 999],
    [500, errors(999), 'UPSTREAM_REJECTED', 999],
    [200, errors(999, 8015), 'CUSTOMER_NOT_FOUND', 8015],
    [200, errors(null, 'x', true, 1.5, [8015], ''), 'UPSTREAM_REJECTED', undefined],
    [200, errors({ toString: 1, valueOf: 1 }), 'UPSTREAM_REJECTED', undefined],
    [200, errors(917406400033), 'UPSTREAM_REJECTED', undefined],
    [200, { errors: [null] }, 'UPSTREAM_REJECTED', undefined],
    [200, { errors: { code: 8015 } }, 'CUSTOMER_NOT_FOUND', 8015],
    [200, { errors: 'no customer 917406400033' }, 'UPSTREAM_REJECTED', undefined],
  ])('%i %j is %s', (status, body, code, upstreamCode) => {
    const upstream = upstreamCode === undefined ? { status } : { status, code: upstreamCode };
    expect(outcome(status, body)).toEqual({ code, upstream });
  });

  test.each([401, 403, 429])('but not %i, which says more', (status) => {
    const code = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 429: 'UPSTREAM_RATE_LIMITED' }[status];
    expect(outcome(status, errors(8015))).toMatchObject({ code, upstream: { status, code: 8015 } });
    expect(outcome(status, '<html>')).toMatchObject({ code, upstream: { status } });
  });
});

describe('A body without errors', () => {
  test.each<[number, unknown]>([
    [200, { ...PAGE, promotions: [] }],
    [200, { ...PAGE, promotions: null, errors: [] }],
    [200, { ...PAGE, errors: null }],
    [203, { customerId: 1 }],
    [404, { ...PAGE, promotions: [], errors: [] }],
  ])('%i %j is a page', (status, body) => expect(outcome(status, body)).toEqual({ page: '1' }));

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
  ])('%i %j is %s', (status, body, code) => expect(outcome(status, body)).toEqual({ code, upstream: { status } }));
});

describe('Retry-After becomes whole seconds from 1 to an hour', () => {
  test.each<[string | undefined, number]>([
    ['7', 7],
    [' 7 ', 7],
    ['0', 1],
    ['-5', 1],
    ['999999999999', 3600],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 1],
    ['Fri, 01 Jan 9999 00:00:00 GMT', 3600],
    ['soon', 1],
    ['', 1],
    [undefined, 1],
  ])('%j', (header, retryAfterSeconds) => expect(outcome(429, {}, header)).toMatchObject({ retryAfterSeconds }));

  test('an HTTP date counts from now', () => {
    const answer = outcome(429, {}, new Date(Date.now() + 30_000).toUTCString());
    expect(answer).toMatchObject({ retryAfterSeconds: expect.any(Number) });
    expect('retryAfterSeconds' in answer && Math.abs(Number(answer.retryAfterSeconds) - 30)).toBeLessThanOrEqual(1);
  });
});

test('Any status with any body is a page or an error of the catalogue', () => {
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ errors: fc.jsonValue(), promotions: fc.jsonValue() }, { requiredKeys: [] })
      .map((b) => JSON.stringify(b)),
  );
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), body, fc.option(fc.string()), (status, sent, retryAfter) => {
      const answer = outcome(status, sent, retryAfter ?? undefined);
      expect('page' in answer || 'code' in answer).toBe(true);
    }),
    { numRuns: 500 },
  );
});
