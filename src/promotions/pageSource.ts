import type { CachedCallContext } from '../cache/pageCache.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';

/** The source of pages: the cache, or the upstream client if the cache is off. */
export type PageSource = {
  /**
   * The entries of a list in a window of at most 100.
   * @throws GatewayError, or the reason of the context's signal
   */
  fetchPage(query: PromotionsQuery, window: Window, context: CachedCallContext): Promise<UpstreamPage>;
};
