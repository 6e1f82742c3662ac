import { expect } from 'vitest';
import { OWN_OAUTH } from '../support/credentials.ts';
import { askOne, firstError, outcomeOf } from '../support/questions.ts';
import { test } from './support/fixture.ts';

test('Lookups and tokens go through HTTPS_PROXY, with its credentials', async ({
  ca,
  proxy,
  startHost,
  startGateway,
}) => {
  const upstream = await startHost(ca.issue('upstream'));
  const gateway = await startGateway({
    ...OWN_OAUTH,
    UPSTREAM_URL: upstream.url,
    UPSTREAM_CA_FILE: ca.certFile,
    HTTPS_PROXY: proxy.url,
  });
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(upstream.asked.map(({ path }) => path)).toEqual([
    '/v3/oauth/token/generate',
    '/v2.1/customers/lookup/promotionData',
  ]);
  expect(new Set(proxy.connections())).toEqual(new Set([upstream.host]));
});

test('A key set is fetched through HTTPS_PROXY', async ({ proxy, upstream, startGateway, provider }) => {
  const gateway = await startGateway({
    AUTH_MODE: 'jwt',
    AUTH_JWKS_URL: 'https://localhost:1/jwks.json',
    AUTH_ISSUER: 'https://login.example',
    AUTH_AUDIENCE: 'promotions',
    AUTH_ANY_CUSTOMER_SCOPE: 'any',
    HTTPS_PROXY: proxy.url,
  });
  const answer = await askOne(gateway, undefined, { headers: { authorization: `Bearer ${await provider.token()}` } });
  expect(outcomeOf(answer)).toBe('AUTHENTICATION_UNAVAILABLE');
  expect(proxy.connections()).toEqual(['localhost:1']);
  expect(upstream.calls).toEqual([]);
  const line = await gateway.logs.logged(({ dependency }) => dependency === 'key set');
  expect(line.cause).toBe('ERR_PROXY_TUNNEL');
});

test('Hosts of NO_PROXY are called directly', async ({ ca, proxy, startHost, startGateway }) => {
  const upstream = await startHost(ca.issue('upstream'));
  const gateway = await startGateway({
    UPSTREAM_URL: upstream.url,
    UPSTREAM_CA_FILE: ca.certFile,
    HTTPS_PROXY: proxy.url,
    NO_PROXY: 'example.com,localhost',
  });
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(proxy.connections()).toEqual([]);
});

test.for([
  ['refuses the credentials', (url: string) => url.replace('hush-hush', 'wrong'), 'ERR_PROXY_TUNNEL'],
  ['is not there', () => 'http://127.0.0.1:1', 'ECONNREFUSED'],
] as const)(
  'A proxy that %s is reported in the log line, without its address',
  async ([, proxyUrl, cause], { ca, proxy, startHost, startGateway }) => {
    const upstream = await startHost(ca.issue('upstream'));
    const gateway = await startGateway({
      UPSTREAM_URL: upstream.url,
      UPSTREAM_CA_FILE: ca.certFile,
      UPSTREAM_RETRIES: '0',
      HTTPS_PROXY: proxyUrl(proxy.url),
    });
    const answer = await askOne(gateway);
    expect(firstError(answer)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(answer.text).not.toContain(cause);
    const line = await gateway.logs.logged(({ msg }) => msg === 'upstream call failed');
    expect(line).toMatchObject({ cause, status: null });
    expect(gateway.logs.text()).not.toMatch(/hush-hush|wrong|127\.0\.0\.1|localhost/);
  },
);
