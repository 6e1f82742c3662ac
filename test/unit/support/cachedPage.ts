import fc from 'fast-check';
import type { CachedPage } from '../../../src/cache/entry.ts';
import type { Window } from '../../../src/model/page.ts';
import { pageFrom } from '../../../src/upstream/payload/page.ts';
import { pageBody } from '../../support/upstream.ts';

/** The cache entry for a window of a list of `total` promotions, received at `at`. */
export function cachedPage(total: number, window: Window, at = 0): CachedPage {
  return { kind: 'page', at, window, page: pageFrom(pageBody(total, window.offset, window.limit), () => 'any-').page };
}

export const anyWindow: fc.Arbitrary<Window> = fc.record({
  offset: fc.integer({ min: 0, max: 130 }),
  limit: fc.integer({ min: 0, max: 100 }),
});
/** How many promotions a list has: some windows lie within it, some across its end, some behind it. */
export const anyTotal = fc.integer({ min: 0, max: 150 });
