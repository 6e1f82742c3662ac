import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkedQuery, linkTo } from '../../src/playground/run/link.ts';
import { reportOn, withoutDebug } from '../../src/playground/run/report.ts';

const PAGE = 'https://shop.example/loyalty/graphql?query=old#there';

describe('A link to a query', () => {
  test('opens the same playground, with the parameters of a GraphQL over HTTP GET request', () => {
    const link = linkTo(PAGE, { query: '{ a }', variables: '{\n  "b": 1\n}', operationName: 'C' });
    expect(link).toBe(
      'https://shop.example/loyalty/graphql?query=%7B+a+%7D&variables=%7B%22b%22%3A1%7D&operationName=C',
    );
  });

  test('holds any query and variables', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.dictionary(fc.string(), fc.string()),
        (text, values) => {
          const linked = { query: `{ ${text} }`, variables: JSON.stringify(values, null, 2), operationName: undefined };
          const link = linkTo(PAGE, linked);
          fc.pre(link !== undefined);
          expect(linkedQuery(new URL(link ?? '').search)).toEqual(linked);
        },
      ),
    );
  });

  test('leaves variables that are not JSON unchanged', () => {
    expect(linkedQuery('?query={a}&variables={oops')).toEqual({
      query: '{a}',
      variables: '{oops',
      operationName: undefined,
    });
  });

  test('is undefined without a query, or with one that is too long for servers and proxies', () => {
    expect(linkedQuery('')).toBeUndefined();
    expect(linkedQuery('?query=+&variables={}')).toBeUndefined();
    expect(linkTo(PAGE, { query: 'a'.repeat(8000), variables: '', operationName: undefined })).toBeUndefined();
  });
});

describe('The report on a run', () => {
  const response = { status: 200, milliseconds: 42.4, bytes: 466, result: { data: {} } };

  test('holds status, time and size', () => {
    expect(reportOn(response)).toEqual({ failed: false, status: 'HTTP 200', time: '42 ms', size: '466 B', cost: [] });
    expect(reportOn({ ...response, milliseconds: 1234, bytes: 81_920 })).toMatchObject({
      time: '1.23 s',
      size: '81.9 kB',
    });
  });

  test('counts errors, also with HTTP 200', () => {
    const errors = [{ message: 'a' }, { message: 'b' }] as never;
    expect(reportOn({ ...response, result: { errors } })).toMatchObject({ failed: true, status: 'HTTP 200, 2 errors' });
    expect(reportOn({ ...response, status: 500 })).toMatchObject({ failed: true, status: 'HTTP 500' });
  });

  test.each([
    [{ made: 1, deduplicated: 0, queued: 0, retried: 0 }, { state: 'MISS', age: 0 }, ['1 upstream call', 'cache miss']],
    [
      { made: 0, deduplicated: 0, queued: 0, retried: 0 },
      { state: 'HIT', age: 12 },
      ['0 upstream calls', 'cache hit, 12 s old'],
    ],
    [
      { made: 3, deduplicated: 2, queued: 1, retried: 1 },
      { state: 'STALE', age: 70 },
      ['3 upstream calls', '2 saved by deduplication', '1 queued', '1 retried', 'stale from the cache, 70 s old'],
    ],
    [
      { made: 2, deduplicated: 0, queued: 0, retried: 0 },
      { state: 'MISS', age: 9 },
      ['2 upstream calls', 'cache miss, the rest 9 s old'],
    ],
    [
      { made: 2, deduplicated: 0, queued: 0, retried: 0 },
      { state: 'BYPASS', age: 0 },
      ['2 upstream calls', 'cache not used'],
    ],
  ])('shows the cost: %o and %o', (upstreamCalls, cache, cost) => {
    expect(reportOn({ ...response, result: { extensions: { upstreamCalls, cache } } }).cost).toEqual(cost);
  });

  test('is not part of the response that is shown', () => {
    const debug = { upstreamCalls: {}, cache: {} };
    expect(withoutDebug({ data: {}, extensions: debug })).toEqual({ data: {} });
    expect(withoutDebug({ data: {}, extensions: { ...debug, ftv1: 'x' } })).toEqual({
      data: {},
      extensions: { ftv1: 'x' },
    });
    expect(withoutDebug({ data: {} })).toEqual({ data: {} });
  });
});
