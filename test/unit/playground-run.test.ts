import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkedQuery, linkTo } from '../../src/playground/run/link.ts';
import { reportOn, withoutDebug } from '../../src/playground/run/report.ts';

const PAGE = 'https://shop.example/loyalty/graphql?query=old#there';

describe('A link to a query', () => {
  test('opens the same playground, and has the query where browsers send it to no server', () => {
    expect(linkTo(PAGE, { query: '{ a }', variables: '{"b": 1}' })).toBe(
      'https://shop.example/loyalty/graphql#query=%7B+a+%7D&variables=%7B%22b%22%3A+1%7D',
    );
  });

  test('holds any query, and variables to the letter, such as numbers of any length', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, fc.oneof(text, fc.bigInt().map(String)), (query, variables) => {
        const linked = { query: `{ ${query} }`, variables };
        const expected = variables.trim() === '' ? { ...linked, variables: '' } : linked;
        expect(linkedQuery(new URL(linkTo(PAGE, linked)).hash)).toEqual(expected);
      }),
    );
  });

  test.each(['', '#', '#there', '#query=+&variables={}'])('needs a query: %o', (fragment) => {
    expect(linkedQuery(fragment)).toBeUndefined();
  });
});

describe('The report on a run', () => {
  const response = { status: 200, milliseconds: 42.4, bytes: 466, result: { data: {} } };

  test('holds status, time and size', () => {
    expect(reportOn(response, 'off')).toEqual({
      failed: false,
      unauthenticated: false,
      outcome: 'HTTP 200',
      details: ['42 ms', '466 B'],
    });
    expect(reportOn({ ...response, milliseconds: 1234, bytes: 81_920 }, 'off').details).toEqual(['1.23 s', '81.9 kB']);
  });

  test('counts errors, also with HTTP 200', () => {
    const errors = [{ message: 'a' }, { message: 'b' }] as never;
    const outcomeOf = (part: object) => reportOn({ ...response, ...part }, 'off');
    expect(outcomeOf({ result: { errors } })).toMatchObject({ failed: true, outcome: 'HTTP 200, 2 errors' });
    expect(outcomeOf({ status: 500 })).toMatchObject({ failed: true, outcome: 'HTTP 500' });
    expect(outcomeOf({ status: 0 })).toMatchObject({ failed: true, outcome: 'No response' });
  });

  test('tells that credentials are missing or refused', () => {
    const errors = [{ message: 'a', extensions: { code: 'UNAUTHENTICATED' } }] as never;
    expect(reportOn({ ...response, result: { errors } }, 'off').unauthenticated).toBe(true);
  });

  test('tells what the cost needs, if it needs a token', () => {
    expect(reportOn(response, 'token').details).toContain('its cost needs a valid debug token');
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
    const { details } = reportOn({ ...response, result: { extensions: { upstreamCalls, cache } } }, 'token');
    expect(details).toEqual(['42 ms', '466 B', ...cost]);
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
