import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { askOne, outcomeOf, someone } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';

test('A client that disconnects ends the calls that only it waited for, running and queued', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ UPSTREAM_CONCURRENCY: '2', METRICS: 'true' });
  upstream.reply(upstreams.silent);
  const leaving = new AbortController();
  const left = [1, 2, 3, 4].map(() => askOne(gateway, someone(), { signal: leaving.signal }));
  await upstream.callsReached(2);
  await eventually(async () => (await gateway.metric('gateway_operations_in_flight')) === 4);
  leaving.abort();
  await Promise.allSettled(left);
  await upstream.abortsReached(2);
  upstream.reply(upstreams.pages(10));
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(upstream.calls).toHaveLength(3);
  const gone = () => gateway.logs.lines().filter(({ outcome }) => outcome === 'CLIENT_GONE').length;
  await eventually(() => gone() === 4);
});
