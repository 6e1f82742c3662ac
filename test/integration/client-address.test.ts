import { networkInterfaces } from 'node:os';
import { expect } from 'vitest';
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

test('The share of the busiest address is shown for the last minute, unless it had few requests', async ({
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ TRUSTED_PROXIES: 'loopback', METRICS: 'true' });
  const share = () => gateway.metric('gateway_busiest_address_share');
  for (let i = 0; i < 45; i++) await from(gateway, '203.0.113.1');
  for (let i = 0; i < 15; i++) await from(gateway, `203.0.113.${i + 2}`);
  expect(await share()).toBeUndefined();
  await time.pass(60_000);
  expect(await share()).toBe(0.75);
  await from(gateway, '203.0.113.1');
  await time.pass(60_000);
  expect(await share()).toBeUndefined();
});

test.for([
  ['with another port', ['203.0.113.1:1001', '203.0.113.1:1002', '203.0.113.1']],
  ['with another port in IPv6', ['[2001:db8::1]:443', '[2001:db8::1]:444', '2001:db8::1']],
  ['mapped to IPv6', ['203.0.113.1', '::ffff:203.0.113.1', '::ffff:cb00:7101']],
] as const)('A forwarded address %s is the same caller', async ([, addresses], { startGateway }) => {
  const gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '2', TRUSTED_PROXIES: 'loopback' });
  const outcomes = [];
  for (const address of [...addresses, '::ffff:203.0.113.2']) outcomes.push(await from(gateway, address));
  expect(outcomes).toEqual(['OK', 'OK', 'RATE_LIMITED', 'OK']);
});

const HAS_IPV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
/** The report names the tests that are skipped, and CI counts them as failed. */
const NO_IPV6 = 'This machine has no IPv6.';

test('With HOST=::, callers from IPv4 are distinguished by their own address', async ({ startGateway, skip }) => {
  skip(!HAS_IPV6, NO_IPV6);
  const gateway = await startGateway({ HOST: '::', RATE_LIMIT_PER_MINUTE: '1' });
  const { port } = new URL(gateway.url);
  expect(gateway.url).toBe(`http://[::]:${port}/graphql`);
  const statuses = [];
  for (const host of ['127.0.0.1', '[::1]', '127.0.0.1']) {
    const { status } = await fetch(`http://${host}:${port}/graphql`, {
      method: 'POST',
      headers: { authorization: BASIC },
    });
    statuses.push(status);
  }
  expect(statuses).toEqual([400, 400, 429]);
});

test('With HOST=::, a proxy with an IPv4 address is trusted', async ({ startGateway, skip }) => {
  skip(!HAS_IPV6, NO_IPV6);
  const gateway = await startGateway({ HOST: '::', RATE_LIMIT_PER_MINUTE: '1', TRUSTED_PROXIES: '127.0.0.1' });
  const { port } = new URL(gateway.url);
  const statuses = [];
  for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.1']) {
    const headers = { authorization: BASIC, 'x-forwarded-for': address };
    statuses.push((await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers })).status);
  }
  expect(statuses).toEqual([400, 400, 429]);
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
