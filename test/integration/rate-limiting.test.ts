import { expect, vi } from 'vitest';
import { API_KEY_CALLERS, SHOP, sha256, TILL } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { askOne, firstError, outcomeOf } from '../support/questions.ts';
import { expectRequestError } from '../support/requestErrors.ts';

test('A caller over RATE_LIMIT_PER_MINUTE gets 429 with the standard headers, and other callers are served', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, RATE_LIMIT_PER_MINUTE: '2' });
  const ask = (headers: Record<string, string>) => gateway.post({ query: '{ __typename }' }, headers);
  const first = await ask(SHOP);
  expect([first.status, first.headers.get('ratelimit-limit'), first.headers.get('ratelimit-remaining')]).toEqual([
    200,
    '2',
    '1',
  ]);
  expect((await ask(SHOP)).status).toBe(200);
  const third = await ask(SHOP);
  const [error] = await expectRequestError(third, upstream, { status: 429, code: 'RATE_LIMITED' });
  expect(third.headers.get('retry-after')).toBe(String(error.extensions.retryAfterSeconds));
  expect(third.headers.get('ratelimit-remaining')).toBe('0');
  expect((await ask(TILL)).status).toBe(200);
});

test('The headers say when a minute ends, in whole seconds that are never too few', async ({ startGateway, time }) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, RATE_LIMIT_PER_MINUTE: '9' });
  const reset = async () => {
    const { headers } = await gateway.post({ query: '{ __typename }' }, SHOP);
    return headers.get('ratelimit-reset');
  };
  expect(await reset()).toBe('60');
  await time.pass(58_999);
  expect(await reset()).toBe('2');
  await time.pass(1);
  expect(await reset()).toBe('1');
  await time.pass(900);
  expect(await reset()).toBe('1');
});

test('A caller whose API key has the name anonymous has one limit from all addresses', async ({ startGateway }) => {
  const gateway = await startGateway({
    ...API_KEY_CALLERS,
    AUTH_API_KEYS: `anonymous:${sha256('a-key')}`,
    RATE_LIMIT_PER_MINUTE: '1',
    TRUSTED_PROXIES: 'loopback',
  });
  const statuses = [];
  for (const address of ['203.0.113.1', '203.0.113.2']) {
    const headers = { 'x-api-key': 'a-key', 'x-forwarded-for': address };
    statuses.push((await gateway.post({ query: '{ __typename }' }, headers)).status);
  }
  expect(statuses).toEqual([200, 429]);
});

test('A client waits for no more than a minute, also after the clock was set back', async ({ startGateway, time }) => {
  const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '1' });
  await askOne(gateway);
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(firstError(await askOne(gateway))).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
  await time.pass(60_001);
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
});
