import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { BASIC, type TestGateway } from '../support/gateway.ts';
import { askOne, someone } from '../support/questions.ts';

const preflight = (gateway: TestGateway, origin: string) =>
  fetch(gateway.url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });

test('Responses are kept out of caches and pages', async ({ startGateway }) => {
  const { headers } = await askOne(await startGateway());
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
  });
  expect([headers.has('x-powered-by'), headers.has('server')]).toEqual([false, false]);
});

test('No page of another origin may call by default', async ({ startGateway }) => {
  const gateway = await startGateway();
  const origin = 'https://evil.example';
  const { headers } = await askOne(gateway, someone(), { headers: { authorization: BASIC, origin } });
  const allowed = [headers, (await preflight(gateway, origin)).headers].map((each) =>
    each.has('access-control-allow-origin'),
  );
  expect(allowed).toEqual([false, false]);
});

test('Pages of CORS_ORIGINS may call, and no others', async ({ startGateway }) => {
  const gateway = await startGateway({ CORS_ORIGINS: 'https://shop.example, https://till.example' });
  const allowed = await preflight(gateway, 'https://till.example');
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://till.example');
  expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type');
  const other = await preflight(gateway, 'https://evil.example');
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});

test('A response that a client may cache depends on the origin of its page and on its credentials', async ({
  startGateway,
}) => {
  const gateway = await startGateway({
    CACHE_TTL_SECONDS: '60',
    CORS_ORIGINS: 'https://shop.example,https://till.example',
  });
  const { headers } = await askOne(gateway, someone(), {
    headers: { authorization: BASIC, origin: 'https://shop.example' },
  });
  expect(headers.get('cache-control')).toBe('private, max-age=60');
  expect(headers.get('vary')?.toLowerCase().split(', ')).toEqual(expect.arrayContaining(['origin', 'authorization']));
});
