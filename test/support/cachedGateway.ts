import { vi } from 'vitest';
import { testWith } from './fixture.ts';
import { BASIC, customer, type GraphQLResult, type TestGateway } from './gateway.ts';

export const TTL = 60;
export const STALE = 600;
/** How long it is cached that a customer is unknown. */
export const NOT_FOUND = 5;

/** Settings of a gateway that caches pages, and whose calls are not retried. */
export const CACHING = {
  CACHE_TTL_SECONDS: String(TTL),
  CACHE_STALE_SECONDS: String(STALE),
  UPSTREAM_RETRIES: '0',
  METRICS: 'true',
};

/** `test` with a gateway that caches, and `age(seconds)`, which makes cached pages older. Otherwise the date does not move. */
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

/** Queries a page of a customer, with the debug extensions of the cache. */
export function askCached(
  gateway: TestGateway,
  mobile: string,
  { promotions = '', fields, headers = {} }: CachedQuestion = {},
): Promise<GraphQLResult> {
  const page = 'items { promotionId } pageDetails { pageNumber pageSize totalEntries pageCount hasNextPage }';
  return gateway.query(`{ ${customer(fields ?? `promotions${promotions} { ${page} }`, mobile)} }`, {
    headers: { authorization: BASIC, 'x-gateway-debug': '1', ...headers },
  });
}
