import fc from 'fast-check';
import type { CachedPage } from '../../../src/cache/entry.ts';
import type { Moment } from '../../../src/model/moment.ts';
import type { Window } from '../../../src/model/page.ts';
import { pageFrom } from '../../../src/upstream/payload/pageReader.ts';
import { pageBody } from '../../support/upstream.ts';

/** The cache entry for a window of a list of `total` promotions, received at `at`, with a call decided at `asOf`. */
export function cachedPage(total: number, window: Window, at = 0, asOf = 0): CachedPage & { readonly body: Buffer } {
  const body = pageBody(total, window.offset, window.limit);
  return {
    kind: 'page',
    at,
    asOf: asOf as Moment,
    window,
    page: pageFrom(body, () => 'any-').page,
    body: Buffer.from(JSON.stringify(body)),
  };
}

export const anyWindow: fc.Arbitrary<Window> = fc.record({
  offset: fc.integer({ min: 0, max: 130 }),
  limit: fc.integer({ min: 0, max: 100 }),
});
/** The number of promotions of a list: windows may be inside it, across its end or after it. */
export const anyTotal = fc.integer({ min: 0, max: 150 });
