import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkedQuery, linkTo } from '../../src/playground/run/link.ts';
import { reportOn, withoutDebug } from '../../src/playground/run/report.ts';

const PAGE = 'https://shop.example/loyalty/graphql?query=old#there';

describe('A link to a query', () => {
  test('opens the playground where it was copied, as GraphQL over HTTP writes a GET request', () => {
    const link = linkTo(PAGE, { query: '{ a }', variables: '{\n  "b": 1\n}', operationName: 'C' });
    expect(link).toBe(
      'https://shop.example/loyalty/graphql?query=%7B+a+%7D&variables=%7B%22b%22%3A1%7D&operationName=C',
    );
  });

  test('holds any query and variables, whatever stands in them', () => {
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

  test('leaves variables that are no JSON to the editor', () => {
    expect(linkedQuery('?query={a}&variables={oops')).toEqual({
      query: '{a}',
      variables: '{oops',
      operationName: undefined,
    });
  });

  test('is none if there is no query, or one too long for servers and proxies', () => {
    expect(linkedQuery('')).toBeUndefined();
    expect(linkedQuery('?query=+&variables={}')).toBeUndefined();
    expect(linkTo(PAGE, { query: 'a'.repeat(8000), variables: '', operationName: undefined })).toBeUndefined();
  });
});

describe('The report on a run', () => {
  const answer = { status: 200, milliseconds: 42.4, bytes: 466, result: { data: {} } };

  test('is status, time and size', () => {
    expect(reportOn(answer)).toEqual({ failed: false, status: 'HTTP 200', time: '42 ms', size: '466 B', cost: [] });
    expect(reportOn({ ...answer, milliseconds: 1234, bytes: 81_920 })).toMatchObject({
      time: '1.23 s',
      size: '81.9 kB',
    });
  });

  test('counts errors, with HTTP 200 too', () => {
    const errors = [{ message: 'a' }, { message: 'b' }] as never;
    expect(reportOn({ ...answer, result: { errors } })).toMatchObject({ failed: true, status: 'HTTP 200, 2 errors' });
    expect(reportOn({ ...answer, status: 500 })).toMatchObject({ failed: true, status: 'HTTP 500' });
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
  ])('says what it cost: %o and %o', (upstreamCalls, cache, cost) => {
    expect(reportOn({ ...answer, result: { extensions: { upstreamCalls, cache } } }).cost).toEqual(cost);
  });

  test('is not part of the answer that is shown', () => {
    const debug = { upstreamCalls: {}, cache: {} };
    expect(withoutDebug({ data: {}, extensions: debug })).toEqual({ data: {} });
    expect(withoutDebug({ data: {}, extensions: { ...debug, ftv1: 'x' } })).toEqual({
      data: {},
      extensions: { ftv1: 'x' },
    });
    expect(withoutDebug({ data: {} })).toEqual({ data: {} });
  });
});
