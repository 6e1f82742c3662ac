import { expect } from 'vitest';
import { addressKey } from '../../src/http/rateLimit.ts';
import { test } from '../support/fixture.ts';
import { BASIC, type TestGateway } from '../support/gateway.ts';
import { askOne, outcomeOf, someone } from '../support/questions.ts';

const from = (gateway: TestGateway, forwarded: string) =>
  askOne(gateway, someone(), { headers: { authorization: BASIC, 'x-forwarded-for': forwarded } }).then(outcomeOf);

test('Behind a trusted proxy, anonymous callers are distinguished by their own address', async ({ startGateway }) => {
  const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '2', TRUSTED_PROXIES: 'loopback' });
  const outcomes = [];
  for (const address of ['203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.2']) {
    outcomes.push(await from(gateway, address));
  }
  expect(outcomes).toEqual(['OK', 'OK', 'RATE_LIMITED', 'OK']);
});

test('A client that sends X-Forwarded-For itself gets no other rate limit', async ({ startGateway }) => {
  const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '2' });
  const outcomes = [];
  for (const last of [1, 2, 3]) outcomes.push(await from(gateway, `203.0.113.${last}`));
  expect(outcomes).toEqual(['OK', 'OK', 'RATE_LIMITED']);
});

test('Only the addresses behind the last trusted proxy count', async ({ startGateway }) => {
  const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '2', TRUSTED_PROXIES: 'loopback,10.0.0.0/8' });
  const outcomes = [];
  for (const last of [1, 2, 3]) outcomes.push(await from(gateway, `198.51.100.${last}, 203.0.113.9, 10.1.2.3`));
  expect(outcomes).toEqual(['OK', 'OK', 'RATE_LIMITED']);
});

test('The rate limit counts before a body is read', async ({ startGateway }) => {
  const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '1' });
  expect(await from(gateway, '')).toBe('OK');
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { authorization: BASIC, 'content-type': 'application/json' },
    body: 'this is no JSON',
  });
  expect(response.status).toBe(429);
});

test('Bad credentials are limited by address, with any rate limit', async ({ startGateway }) => {
  const gateway = await startGateway({
    UPSTREAM_AUTH: 'basic',
    UPSTREAM_USERNAME: 'till',
    UPSTREAM_PASSWORD: 'secret',
    AUTH_MODE: 'api-key',
    AUTH_API_KEYS: `till:${'a'.repeat(64)}`,
    TRUSTED_PROXIES: 'loopback',
  });
  const attempt = async (address: string) => {
    const headers = { 'x-api-key': 'guess', 'x-forwarded-for': address };
    return (await fetch(gateway.url, { method: 'POST', headers })).status;
  };
  const statuses = await Promise.all(Array.from({ length: 121 }, () => attempt('203.0.113.1')));
  expect(statuses.filter((status) => status === 401)).toHaveLength(120);
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  expect(await attempt('203.0.113.2')).toBe(401);
});

test.each([
  ['203.0.113.1', '203.0.113.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('The address %s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});
