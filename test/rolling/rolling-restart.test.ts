import { afterAll, beforeAll, expect, test } from 'vitest';
import { startClients } from './support/clients.ts';
import { type Fleet, startFleet } from './support/fleet.ts';
import { type LoadBalancer, startHaproxy, startNginx } from './support/proxies.ts';

const INSTANCES = 3;
const REQUESTS_PER_SECOND = 25;

let fleet: Fleet;
let haproxy: LoadBalancer;
let nginx: LoadBalancer;
beforeAll(async () => {
  // This test is not about a busy machine.
  fleet = await startFleet(INSTANCES, { SHUTDOWN_DELAY_MS: '2000', MAX_EVENT_LOOP_DELAY_MS: '600000' });
  [haproxy, nginx] = await Promise.all([startHaproxy(fleet.ports), startNginx(fleet.ports)]);
});
afterAll(() => Promise.all([haproxy?.close(), nginx?.close(), fleet?.end()]));

test('Each instance is restarted twice behind haproxy and nginx, and every request gets exactly one response', async () => {
  await Promise.all([haproxy.allUp(), nginx.allUp()]);
  const clients = [haproxy, nginx].map(({ url }) => startClients(url, REQUESTS_PER_SECOND));
  for (const index of [0, 1, 2, 0, 1, 2]) {
    expect(await fleet.restart(index)).toBe(0);
    await Promise.all([haproxy.allUp(), nginx.allUp()]);
  }
  const outcomes = await Promise.all(clients.map((client) => client.stop()));
  expect(outcomes.flatMap(({ failed }) => failed)).toEqual([]);

  const answered = outcomes.flatMap(({ answered }) => answered).sort();
  const logged = [...(await fleet.end()).matchAll(/"requestId":"([^"]+)".*"msg":"operation"/g)]
    .map(([, id]) => id)
    .sort();
  expect(logged).toEqual(answered);
  for (const { answered } of outcomes) expect(answered.length).toBeGreaterThan(5 * REQUESTS_PER_SECOND);
});
