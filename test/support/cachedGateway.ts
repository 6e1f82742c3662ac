import { vi } from 'vitest';
import { testWith } from './fixture.ts';
import { BASIC, customer, type GraphQLAnswer, type TestGateway } from './gateway.ts';

export const TTL = 60;
export const STALE = 600;
export const NOT_FOUND = 10;

/** Settings of a gateway that caches pages, and whose calls are not retried. */
export const CACHING = {
  CACHE_TTL_SECONDS: String(TTL),
  CACHE_STALE_SECONDS: String(STALE),
  CACHE_NOT_FOUND_SECONDS: String(NOT_FOUND),
  UPSTREAM_RETRIES: '0',
  METRICS: 'true',
};

/** `test` with a gateway that caches, and `age(seconds)`, which lets cached pages become older: the date stands still else. */
export const test = testWith(CACHING).extend('age', async ({ gateway: _ }, { onCleanup }) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  onCleanup(() => {
    vi.useRealTimers();
  });
  return (seconds: number) => {
    vi.setSystemTime(Date.now() + seconds * 1000);
  };
});

export type CachedQuestion = {
  /** Arguments of the list, in parentheses. */
  readonly promotions?: string;
  /** Fields of the customer, in place of its list. */
  readonly fields?: string;
  readonly headers?: Record<string, string>;
};

/** Asks about a customer for a page, and for how it was cached. */
export function askCached(
  gateway: TestGateway,
  mobile: string,
  { promotions = '', fields, headers = {} }: CachedQuestion = {},
): Promise<GraphQLAnswer> {
  const page = 'items { promotionId } pageDetails { pageNumber pageSize totalEntries pageCount hasNextPage }';
  return gateway.query(`{ ${customer(fields ?? `promotions${promotions} { ${page} }`, mobile)} }`, {
    headers: { authorization: BASIC, 'x-gateway-debug': '1', ...headers },
  });
}

/** The ids of the promotions of an answer's page. */
export function idsOf({ data }: GraphQLAnswer): string[] {
  return data.customer.promotions.items.map(({ promotionId }: { promotionId: string }) => promotionId);
}

/** How an answer says that it was cached: `state`, and `age` in seconds. */
export function cacheOf({ extensions }: GraphQLAnswer): { readonly state: string; readonly age: number } {
  return extensions.cache;
}
