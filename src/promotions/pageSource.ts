import type { CachedCallContext } from '../cache/pageCache.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';

/** What this storey asks for pages: the cache, or upstream itself while the cache is off. */
export type PageSource = {
  /**
   * The entries of a list in a window of at most 100.
   * @throws GatewayError with the code that the catalogue has for what went wrong, or the reason of the context's signal
   */
  fetchPage(query: PromotionsQuery, window: Window, context: CachedCallContext): Promise<UpstreamPage>;
};
