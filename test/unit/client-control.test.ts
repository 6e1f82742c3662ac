import { expect, test } from 'vitest';
import { clientControlOf } from '../../src/cache/clientControl.ts';

test.each([
  [undefined, Number.POSITIVE_INFINITY, false],
  ['', Number.POSITIVE_INFINITY, false],
  ['no-cache', -1, false],
  ['No-Cache', -1, false],
  ['max-age=30', 30_000, false],
  ['max-age="30"', 30_000, false],
  ['max-age=0', 0, false],
  ['max-age=60, max-age=30', 30_000, false],
  ['no-cache, max-age=30', -1, false],
  ['max-age=30, no-cache', -1, false],
  ['only-if-cached', Number.POSITIVE_INFINITY, true],
  [' only-if-cached ,max-age = 5', 5000, true],
  ['max-age', Number.POSITIVE_INFINITY, false],
  ['max-age=-1', Number.POSITIVE_INFINITY, false],
  ['max-age=soon', Number.POSITIVE_INFINITY, false],
  ['no-store, max-stale=5', Number.POSITIVE_INFINITY, false],
])('Cache-Control %o accepts entries up to %d ms old, only cached ones: %s', (header, maxAgeMs, onlyIfCached) => {
  expect(clientControlOf(header)).toEqual({ maxAgeMs, onlyIfCached });
});
