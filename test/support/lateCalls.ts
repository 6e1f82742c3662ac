import { expect } from 'vitest';
import { BASIC, customer, type GraphQLResult, type QueryOptions } from './gateway.ts';
import { codesOf, dataOf, someone } from './questions.ts';
import { errorBody, gate, pages, type Reply, type TestUpstream } from './upstream.ts';

/** Asks for promotions of one customer, with these arguments of the list: `limit: 10`. */
export type AskList = (promotions: string) => Promise<GraphQLResult>;

/** How many promotions the list of a response has. */
export const totalOf = (answer: GraphQLResult): number => dataOf(answer).customer.promotions.pageDetails.totalEntries;

/**
 * Asks for the first fifty; while that call is held, another one is made, and `last` is done. Then the first one gets its reply.
 * Both responses.
 */
async function askTwice(
  upstream: TestUpstream,
  ask: AskList,
  late: Reply,
  meanwhile: string,
  reply: Reply,
  last = async () => {},
): Promise<readonly [first: GraphQLResult, second: GraphQLResult]> {
  const held = gate(late);
  // A customer's first page brings its mark to Redis, and earlier ones are then not stored.
  await ask('limit: 1, offset: 89');
  const before = upstream.calls.length;
  upstream.reply(held.reply);
  const first = ask('limit: 50, offset: 0');
  await upstream.callsReached(before + 1);
  upstream.reply(reply);
  const second = await ask(meanwhile);
  await last();
  held.open();
  return [await first, second];
}

/** Expects that the page of a late call is served only where there is no newer one. @param ask of a new customer each time it is made */
export async function expectNewestPages(upstream: TestUpstream, askSomeone: () => AskList): Promise<void> {
  for (const [meanwhile, inBoth] of [
    ['limit: 10, offset: 0', 'limit: 5, offset: 2'],
    ['limit: 50, offset: 40', 'limit: 5, offset: 45'],
  ] as const) {
    const ask = askSomeone();
    expect((await askTwice(upstream, ask, pages(60), meanwhile, pages(90))).map(totalOf)).toEqual([60, 90]);
    const before = upstream.calls.length;
    const totals = [await ask(meanwhile), await ask(inBoth), await ask('limit: 10, offset: 20')].map(totalOf);
    expect(totals).toEqual([90, 90, 60]);
    expect(upstream.calls).toHaveLength(before);
  }
}

/** Expects that a late refusal of a list ends no page of a later call. */
export async function expectNewestPageAfterRefusal(upstream: TestUpstream, ask: AskList): Promise<void> {
  const [refused, page] = await askTwice(upstream, ask, errorBody(8015), 'limit: 10, offset: 0', pages(90));
  expect(codesOf(refused)).toContain('CUSTOMER_NOT_FOUND');
  expect(totalOf(page)).toBe(90);
  const before = upstream.calls.length;
  expect(totalOf(await ask('limit: 10, offset: 0'))).toBe(90);
  expect(upstream.calls).toHaveLength(before);
}

/**
 * Expects that a late page is not stored after the refusal of a later call, also if a page of the same list came in between.
 * @param askSomeone as in `expectNewestPages`
 */
export async function expectNoPageAfterRefusal(upstream: TestUpstream, askSomeone: () => AskList): Promise<void> {
  for (const isAccepted of [false, true]) {
    const ask = askSomeone();
    const accept = async () => {
      upstream.reply(pages(80));
      if (isAccepted) expect(totalOf(await ask('limit: 10, offset: 0'))).toBe(80);
    };
    const [page, refused] = await askTwice(upstream, ask, pages(90), 'limit: 10, offset: 0', errorBody(618), accept);
    expect(codesOf(refused)).toEqual(['CUSTOMER_BLOCKED']);
    expect(totalOf(page)).toBe(90);
    expect(totalOf(await ask('limit: 50, offset: 0'))).toBe(80);
    // The later page is stored.
    const calls = upstream.calls.length;
    expect(totalOf(await ask('limit: 50, offset: 0'))).toBe(80);
    expect(upstream.calls).toHaveLength(calls);
  }
}

/**
 * Expects that a response that was cached whole is not served once a newer page of a part of it is.
 * @param query without the debug extensions, with which no response is cached whole
 */
export async function expectNewestResponse(
  upstream: TestUpstream,
  query: (query: string, options: QueryOptions) => Promise<GraphQLResult>,
): Promise<void> {
  const mobile = someone();
  const ask = (promotions: string, headers = {}) =>
    query(
      `{ ${customer(`promotions(${promotions}) { items { promotionId } pageDetails { totalEntries } }`, mobile)} }`,
      {
        headers: { authorization: BASIC, ...headers },
      },
    );
  upstream.reply(pages(60));
  await ask('limit: 50, offset: 0');
  const cached = 'limit: 12, offset: 4';
  for (let i = 0; i < 2; i++) expect(totalOf(await ask(cached))).toBe(60);
  upstream.reply(pages(90));
  expect(totalOf(await ask('limit: 20, offset: 0', { 'cache-control': 'no-cache' }))).toBe(90);
  const before = upstream.calls.length;
  expect(totalOf(await ask(cached))).toBe(90);
  expect(upstream.calls).toHaveLength(before);
}
