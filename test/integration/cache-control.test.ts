import { expect } from 'vitest';
import { API_KEY_CALLERS, SHOP, TILL } from '../support/credentials.ts';
import { EVENTS_TOKEN } from '../support/events.ts';
import { testWith } from '../support/fixture.ts';
import { customer, type TestGateway } from '../support/gateway.ts';
import { codesOf, someone } from '../support/questions.ts';
import { gate, json, pageBody, pages, reset } from '../support/upstream.ts';

const SETTINGS = { ...API_KEY_CALLERS, CACHE_TTL_SECONDS: '60', CACHE_STALE_SECONDS: '600', UPSTREAM_RETRIES: '0' };
const test = testWith({ ...SETTINGS, CACHE_CLIENT_CONTROL: 'shop' });

const ask = (gateway: TestGateway, mobile: string, control?: string, caller: Record<string, string> = SHOP) =>
  gateway.query(`{ ${customer('promotions { items { id } }', mobile)} }`, {
    headers: { ...caller, ...(control !== undefined && { 'cache-control': control }) },
  });
const countOf = ({ data }: Awaited<ReturnType<typeof ask>>) => data.customer.promotions.items.length as number;

test('no-cache calls upstream, and renews the cached page for everyone', async ({ upstream, gateway }) => {
  const mobile = someone();
  upstream.reply(pages(1));
  await ask(gateway, mobile);
  upstream.reply(pages(2));
  expect(countOf(await ask(gateway, mobile, undefined, TILL))).toBe(1);
  expect(countOf(await ask(gateway, mobile, 'no-cache'))).toBe(2);
  expect(countOf(await ask(gateway, mobile, undefined, TILL))).toBe(2);
  expect(upstream.calls).toHaveLength(2);
});

test('no-cache does not share an earlier call', async ({ upstream, gateway }) => {
  const mobile = someone();
  const held = gate(pages(1));
  upstream.reply(held.reply);
  const before = ask(gateway, mobile);
  await upstream.callsReached(1);
  upstream.reply(pages(2));
  expect(countOf(await ask(gateway, mobile, 'no-cache'))).toBe(2);
  held.open();
  expect(countOf(await before)).toBe(1);
  expect(countOf(await ask(gateway, mobile))).toBe(2);
});

test('no-cache ends the cached page also if the new one may not be cached', async ({ upstream, startGateway }) => {
  const settings = { ...SETTINGS, CACHE_CLIENT_CONTROL: 'shop', EVENTS_TOKEN };
  const gateway = await startGateway(settings);
  const mobile = someone();
  upstream.reply(pages(1));
  await ask(gateway, mobile);
  upstream.reply(json({ ...pageBody(2, 0, 10), customerId: null }));
  expect(countOf(await ask(gateway, mobile, 'no-cache'))).toBe(2);
  expect(countOf(await ask(gateway, mobile))).toBe(2);
});

test('no-cache gets the error if upstream fails, and the cached page stays', async ({ upstream, gateway }) => {
  const mobile = someone();
  await ask(gateway, mobile);
  upstream.reply(reset);
  expect(codesOf(await ask(gateway, mobile, 'no-cache'))).toEqual(['UPSTREAM_UNAVAILABLE']);
  expect(codesOf(await ask(gateway, mobile))).toEqual([]);
});

test.for(['no-cache', 'No-Cache', 'max-age=60, no-cache', 'no-cache , no-store'])(
  '"%s" asks for a new page, unless its caller is not in CACHE_CLIENT_CONTROL',
  async (control, { upstream, gateway }) => {
    const mobile = someone();
    for (let i = 0; i < 2; i++) await ask(gateway, mobile, control, TILL);
    expect(upstream.calls).toHaveLength(1);
    await ask(gateway, mobile, control);
    expect(upstream.calls).toHaveLength(2);
  },
);

test.for(['max-age=0', 'only-if-cached', 'no-store', 'x-no-cache', 'no-cache="set-cookie"'])(
  '"%s" is ignored',
  async (control, { upstream, gateway }) => {
    const mobile = someone();
    for (let i = 0; i < 2; i++) expect(codesOf(await ask(gateway, mobile, control))).toEqual([]);
    expect(upstream.calls).toHaveLength(1);
  },
);

test('CACHE_CLIENT_CONTROL=all allows Cache-Control for everyone, within the rate limit', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ ...SETTINGS, CACHE_CLIENT_CONTROL: 'all', RATE_LIMIT_PER_MINUTE: '3' });
  const mobile = someone();
  for (let i = 0; i < 5; i++) await ask(gateway, mobile, 'no-cache', TILL);
  expect(upstream.calls).toHaveLength(3);
});
