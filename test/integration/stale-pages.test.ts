import { expect } from 'vitest';
import { askCached, CACHING, STALE, TTL, test } from '../support/cachedGateway.ts';
import { eventually } from '../support/eventually.ts';
import { customer } from '../support/gateway.ts';
import { totalOf } from '../support/lateCalls.ts';
import { askOne, cacheOf, codesOf, dataOf, idsOf, someone } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';
import { pages } from '../support/upstream.ts';

/** Credentials that no other test uses, since their refusals are stored. */
const ownCredentials = () => ({ headers: { authorization: `Basic ${btoa(`${someone()}:x`)}` } });

test('After the TTL the last page is served while it is renewed in the background', async ({
  gateway,
  upstream,
  age,
}) => {
  const mobile = someone();
  upstream.reply(pages(1));
  await askCached(gateway, mobile);
  age(TTL);
  const held = upstreams.gate(pages(2));
  upstream.reply(held.reply);
  const stale = await askCached(gateway, mobile);
  expect(idsOf(stale)).toHaveLength(1);
  expect(cacheOf(stale)).toMatchObject({ state: 'STALE', age: TTL });
  expect(stale.headers.get('cache-control')).toBe('private, max-age=0');
  await upstream.callsReached(2);
  held.open();
  await eventually('promotions of the page', async () => idsOf(await askCached(gateway, mobile)).length, 2);
  expect(cacheOf(await askCached(gateway, mobile))).toMatchObject({ state: 'HIT', age: 0 });
  expect(upstream.calls).toHaveLength(2);
});

test('A stale page is renewed by one call, whichever parts of it are asked for', async ({ gateway, upstream, age }) => {
  const mobile = someone();
  upstream.reply(pages(60));
  const ask = (offset: number, limit = 10) =>
    askCached(gateway, mobile, { promotions: `(offset: ${offset}, limit: ${limit})` });
  await ask(0, 50);
  age(TTL);
  const held = upstreams.gate(pages(70));
  upstream.reply(held.reply);
  for (const offset of [0, 10, 20, 30]) expect(cacheOf(await ask(offset)).state).toBe('STALE');
  await upstream.callsReached(2);
  held.open();
  await eventually('the total', async () => totalOf(await ask(0)), 70);
  expect(cacheOf(await ask(40)).state).toBe('HIT');
  expect(upstream.calls.map(({ query }) => query.limit)).toEqual(['50', '50']);
});

test.for<readonly [string, upstreams.Reply, string]>([
  ['fails', upstreams.text('', 503), 'UPSTREAM_UNAVAILABLE'],
  ['breaks off', upstreams.cutOff, 'UPSTREAM_UNAVAILABLE'],
  ['is rate-limited', upstreams.json({}, 429, { 'retry-after': '1' }), 'UPSTREAM_RATE_LIMITED'],
  ['answers with something else', upstreams.text('<h1>Maintenance</h1>'), 'UPSTREAM_INVALID_RESPONSE'],
])(
  'The last page is served while upstream %s, and no longer than CACHE_STALE_SECONDS',
  async ([, trouble, code], { gateway, upstream, age }) => {
    const mobile = someone();
    const credentials = ownCredentials();
    const ask = () => askCached(gateway, mobile, credentials);
    const first = await ask();
    upstream.reply(trouble);
    age(TTL);
    for (let i = 0; i < 3; i++) expect(dataOf(await ask())).toEqual(first.data);
    age(STALE - 1);
    expect(cacheOf(await ask())).toMatchObject({ state: 'STALE', age: TTL + STALE - 1 });
    age(1);
    expect(codesOf(await ask())).toEqual([code]);
  },
);

test.for<readonly [string, Record<string, unknown>]>([
  ['lacks its list', { promotions: undefined }],
  ['has text for its list', { promotions: 'temporarily unavailable' }],
  ['has text for its list behind many warnings', { promotions: 'unavailable', warnings: Array(150).fill(7) }],
])(
  'A page that %s is shown with its warning, and ends no good one',
  async ([, members], { gateway, upstream, age }) => {
    const mobile = someone();
    await askCached(gateway, mobile);
    upstream.reply(upstreams.json({ ...upstreams.pageBody(10, 0, 10), ...members }));
    age(TTL);
    expect(idsOf(await askCached(gateway, mobile))).toHaveLength(10);
    await upstream.callsReached(2);
    expect(idsOf(await askCached(gateway, mobile))).toHaveLength(10);
    await upstream.callsReached(3);
    const other = await askCached(gateway, someone());
    expect(idsOf(other)).toEqual([]);
    expect(other.headers.get('cache-control')).toBe('private, max-age=0');
  },
);

test('A renewal goes on when the client that caused it leaves', async ({ gateway, upstream, age }) => {
  const [known, other] = [someone(), someone()];
  upstream.reply(pages(1));
  await askCached(gateway, known);
  age(TTL);
  const held = upstreams.gate(pages(2));
  upstream.on(known, held.reply);
  upstream.on(other, upstreams.silent);
  const leaving = new AbortController();
  const fields = 'promotions { items { promotionId } }';
  const left = gateway.query(`{ ${customer(fields, known)} ${customer(fields, other, 'other: ')} }`, {
    signal: leaving.signal,
  });
  await upstream.callsReached(3);
  leaving.abort();
  await expect(left).rejects.toThrow(/abort/i);
  await upstream.abortsReached(1);
  held.open();
  await eventually('promotions of the page', async () => idsOf(await askCached(gateway, known)).length, 2);
  expect(upstream.calls).toHaveLength(3);
});

test('A list that becomes empty, and is left out then, replaces the last page', async ({ gateway, upstream, age }) => {
  const mobile = someone();
  await askCached(gateway, mobile);
  upstream.reply(upstreams.json({ ...upstreams.pageBody(0, 0, 10), promotions: undefined }));
  age(TTL);
  await askCached(gateway, mobile);
  await eventually('promotions of the page', async () => idsOf(await askCached(gateway, mobile)).length, 0);
  expect(upstream.calls).toHaveLength(2);
});

test('The last page is served while the circuit is open', async ({ startGateway, upstream, age }) => {
  const gateway = await startGateway(CACHING);
  const mobile = someone();
  const first = await askCached(gateway, mobile);
  upstream.reply(upstreams.text('', 500));
  for (let i = 0; i < 40; i++) await askOne(gateway);
  expect(await gateway.metric('gateway_upstream_circuit{state="open"}')).toBe(1);
  age(TTL);
  expect(dataOf(await askCached(gateway, mobile))).toEqual(first.data);
});

test.for<readonly [string, upstreams.Reply, string]>([
  ['refuses the credentials', upstreams.text('', 401), 'UNAUTHENTICATED'],
  ['forbids the customer', upstreams.text('', 403), 'FORBIDDEN'],
  ['refuses the data scope', upstreams.errorBody(310144), 'DATA_SCOPE_REJECTED'],
  ['no longer knows the customer', upstreams.errorBody(8015), 'CUSTOMER_NOT_FOUND'],
])('No cached page is served after upstream %s', async ([, refusal, code], { gateway, upstream, age }) => {
  const mobile = someone();
  const credentials = ownCredentials();
  const ask = () => askCached(gateway, mobile, credentials);
  await ask();
  upstream.reply(refusal);
  age(TTL);
  await ask();
  await eventually('the error', async () => codesOf(await ask()), [code]);
  expect(codesOf(await ask())).toEqual([code]);
});

test('Credentials that upstream refused for one customer get no cached page of another customer', async ({
  gateway,
  upstream,
  age: _,
}) => {
  const [known, other] = [someone(), someone()];
  const credentials = ownCredentials();
  await askCached(gateway, known, credentials);
  upstream.reply(upstreams.text('', 401));
  expect(codesOf(await askCached(gateway, other, credentials))).toEqual(['UNAUTHENTICATED']);
  expect(codesOf(await askCached(gateway, known, credentials))).toEqual(['UNAUTHENTICATED']);
});
