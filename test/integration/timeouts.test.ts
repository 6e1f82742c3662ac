import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { askOne, codesOf, outcomeOf } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';

test.for<readonly [string, upstreams.Reply]>([
  ['sends nothing', upstreams.silent],
  ['sends byte after byte', upstreams.drip],
])(
  'A call ends UPSTREAM_TIMEOUT_MS after its start when upstream %s',
  async ([, reply], { upstream, startGateway, time }) => {
    const gateway = await startGateway({ UPSTREAM_TIMEOUT_MS: '1000', UPSTREAM_RETRIES: '0', METRICS: 'true' });
    upstream.reply(reply);
    const asked = askOne(gateway);
    await upstream.callsReached(1);
    await time.pass(999);
    expect(await gateway.metric('gateway_upstream_calls_in_flight')).toBe(1);
    await time.pass(1);
    expect(outcomeOf(await asked)).toBe('UPSTREAM_TIMEOUT');
    await upstream.abortsReached(1);
  },
);

test('An operation ends UPSTREAM_DEADLINE_MS after its start, with all its retries, and leaves no call running', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({
    UPSTREAM_TIMEOUT_MS: '1000',
    UPSTREAM_DEADLINE_MS: '2500',
    UPSTREAM_RETRIES: '10',
  });
  upstream.reply(upstreams.silent);
  const asked = askOne(gateway);
  for (const [call, ms] of [1000, 1000, 500].entries()) {
    await upstream.callsReached(call + 1);
    await time.pass(ms);
  }
  expect(outcomeOf(await asked)).toBe('UPSTREAM_TIMEOUT');
  await upstream.abortsReached(3);
  expect(upstream.calls).toHaveLength(3);
});

test('An operation that ends at UPSTREAM_DEADLINE_MS returns what has arrived, and its queued calls are not made', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ UPSTREAM_DEADLINE_MS: '1000', UPSTREAM_CONCURRENCY: '1' });
  const held = upstreams.gate(upstreams.pages(1));
  upstream.on('917000000001', held.reply);
  upstream.on('917000000002', upstreams.silent);
  const asked = gateway.query(
    `{ ${['1', '2', '3'].map((n) => customer('customerId', `91700000000${n}`, `c${n}: `)).join(' ')} }`,
  );
  await upstream.callsReached(1);
  await time.pass(600);
  held.open();
  await upstream.callsReached(2);
  await time.pass(400);
  const response = await asked;
  expect(response.data).toEqual({ c1: { customerId: '347297848' }, c2: null, c3: null });
  expect(codesOf(response)).toEqual(['UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT']);
  expect(upstream.calls).toHaveLength(2);
});
