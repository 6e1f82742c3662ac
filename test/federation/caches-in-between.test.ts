import { describe, expect } from 'vitest';
import { BASIC, customer } from '../support/gateway.ts';
import { ROUTERS } from '../support/supergraph.ts';
import { testWithSupergraph } from './support/fixture.ts';

const kept = new Map<string, unknown>();

const test = testWithSupergraph(async () => ({
  env: { CACHE_TTL_SECONDS: '60', CACHE_CLIENT_CONTROL: 'all' },
  hive: {
    cache: {
      get: (key) => kept.get(key),
      set: (key, value) => void kept.set(key, value),
      delete: (key) => kept.delete(key),
      getKeysByPrefix: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
    },
    // Even with one session for all callers, as here, it keeps no customer.
    responseCaching: { session: () => null, ignoredTypes: ['Customer'], includeExtensionMetadata: true },
  },
}));

const SOMEBODY_ELSE = `Basic ${Buffer.from('other:5f4dcc3b5aa765d61d8327deb882cf99').toString('base64')}`;

describe.each(ROUTERS)('Behind %s', (router) => {
  const mobile = `91740640003${ROUTERS.indexOf(router)}`;

  test('A customer is cached by the gateway alone, for one caller and data scope, unless the caller asks anew', async ({
    supergraph,
    upstream,
  }) => {
    const callsAfter = async (headers: Record<string, string>) => {
      const { errors } = await supergraph.ask(router, `{ ${customer('customerId', mobile)} }`, { headers });
      expect(errors).toBeUndefined();
      return upstream.calls.length;
    };
    expect(await callsAfter({ authorization: BASIC })).toBe(1);
    expect(await callsAfter({ authorization: BASIC })).toBe(1);
    expect(await callsAfter({ authorization: SOMEBODY_ELSE })).toBe(2);
    expect(await callsAfter({ authorization: BASIC, 'data-scope': 'ALL' })).toBe(3);
    expect(await callsAfter({ authorization: BASIC, 'cache-control': 'no-cache' })).toBe(4);
  });
});

test("Hive Gateway's response cache keeps what holds no customer", async ({ supergraph }) => {
  const accounts = '{ accounts(emails: ["a@x.com"]) { email } }';
  const customers = '{ accounts(emails: ["a@x.com"]) { loyalty { source } } }';
  for (const query of [accounts, customers]) await supergraph.ask('Hive Gateway', query);
  const again = await Promise.all([accounts, customers].map((query) => supergraph.ask('Hive Gateway', query)));
  expect(again.map(({ extensions }) => extensions.responseCache)).toEqual([
    { hit: true },
    { hit: false, didCache: false },
  ]);
});

test("The example's router lets no browser keep a response, whose Vary it does not pass on", async ({ supergraph }) => {
  const { headers, errors } = await supergraph.ask('Apollo Gateway', `{ ${customer('customerId')} }`);
  expect(errors).toBeUndefined();
  expect(headers.get('cache-control')).toBe('no-store');
});
