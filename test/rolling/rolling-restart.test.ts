import { expect } from 'vitest';
import { test as base } from '../support/fixture.ts';
import { delayed, pages } from '../support/upstream.ts';
import { startClients } from './support/clients.ts';
import { type Restart, startFleet } from './support/fleet.ts';
import { startHaproxy, startNginx } from './support/proxies.ts';

const INSTANCES = 3;
/** Of each load balancer. While one instance restarts, the others have places for the calls of all, also on a busy machine. */
const CLIENTS = 12;
/** How long upstream's calls take, in milliseconds. With all clients, this makes 100 requests a second. */
const SHORTEST_MS = 200;
const LONGEST_MS = 500;
/** A quarter of the requests that each instance has in flight if all have the same number. */
const BUSY = (3 * CLIENTS) / INSTANCES / 4;

/** `test` with a `fleet` of instances, and the load balancers in front of it. */
const test = base
  .extend('fleet', async ({ upstream }, { onCleanup }) => {
    upstream.reply((call, response) => {
      const ms = SHORTEST_MS + ((upstream.calls.length * 37) % (LONGEST_MS - SHORTEST_MS));
      return delayed(ms, pages(10, call.query.identifierValue))(call, response);
    });
    const fleet = await startFleet(INSTANCES, {
      UPSTREAM_URL: upstream.url,
      SHUTDOWN_DELAY_MS: '2000',
      // This test is not about a busy machine or a busy upstream.
      UPSTREAM_QUEUE_MS: '60000',
      UPSTREAM_DEADLINE_MS: '60000',
    });
    onCleanup(async () => {
      await fleet.end();
    });
    return fleet;
  })
  .extend('balancers', async ({ fleet }, { onCleanup }) => {
    const balancers = await Promise.all([
      startHaproxy(fleet.ports),
      // This one proves that an instance refuses no request and cuts none off: the others would send it again.
      startHaproxy(fleet.ports, { retries: false }),
      startNginx(fleet.ports),
    ]);
    onCleanup(async () => {
      await Promise.all(balancers.map((balancer) => balancer.close()));
    });
    return balancers;
  });

test('Each busy instance is restarted twice behind haproxy and nginx, and every request gets exactly one response', async ({
  upstream,
  fleet,
  balancers,
}) => {
  const allUp = () => Promise.all(balancers.map((balancer) => balancer.allUp()));
  await allUp();
  const clients = balancers.map(({ url }) => startClients(url, CLIENTS));
  const restarts: Restart[] = [];
  await upstream.callsReached(6 * CLIENTS);
  for (const index of [0, 1, 2, 0, 1, 2]) {
    restarts.push(await fleet.restart(index));
    await allUp();
  }
  const outcomes = await Promise.all(clients.map((client) => client.stop()));
  console.info('Answered:', ...outcomes.map(({ answered }) => answered.length));
  console.info('In flight at each SIGTERM:', ...restarts.map(({ inFlight }) => inFlight));
  console.info('Failed:', ...outcomes.map(({ failed }) => failed.length));
  for (const { failed } of outcomes) expect(new Set(failed)).toEqual(new Set());
  expect(restarts.map(({ exitCode }) => exitCode)).toEqual(restarts.map(() => 0));
  for (const { inFlight } of restarts) expect(inFlight).toBeGreaterThan(BUSY);

  const answered = outcomes.flatMap(({ answered }) => answered);
  expect((await fleet.end()).sort()).toEqual(answered.sort());
  // No load balancer sent a request twice, and each is for a customer of its own.
  expect(upstream.calls).toHaveLength(answered.length);
  for (const { answered } of outcomes) expect(answered.length).toBeGreaterThan(10 * CLIENTS);
});
