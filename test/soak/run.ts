/**
 * Soak test: two gateways with one Redis under mixed load, while one of them is killed and stopped, Redis is killed, paused and cut
 * off, upstream fails in storms, wall clocks jump and customers change. It exits with 1 if an answer was wrong, another caller's,
 * older than an event allows or lost (but in a kill), or if memory or sockets grew. CONTRIBUTING.md tells how to run it.
 */

import { worldOf } from '../oracle/lists.ts';
import { startRedis } from '../redis/support/redis.ts';
import { seeded } from '../support/seeded.ts';
import { changeCustomers } from './changes.ts';
import { wreak } from './chaos.ts';
import { startFaultyUpstream } from './faultyUpstream.ts';
import { FAULTS, newCount, Tally } from './figures.ts';
import { soakHostile } from './hostile.ts';
import { DEADLINE_MS, Gateway, STALE_MS, TTL_MS } from './instances.ts';
import { Clients } from './load.ts';
import { readOptions } from './options.ts';
import { growthOf, watchResources } from './resources.ts';
import { Truth } from './truth.ts';

/** Clocks may differ by so much before pages from the future are not served. */
const SKEW_MS = 5000;
const REPORT_EVERY_MS = 60_000;
/** Among so many clean answers are some from the cache, also on a machine so busy that Redis is often late. */
const MANY = 20_000;

const options = readOptions(process.argv.slice(2));
const { minutes, seed } = options;
console.log(`seed ${seed}`);
const random = seeded(seed);
const truth = new Truth(TTL_MS + STALE_MS + DEADLINE_MS + SKEW_MS);
const blows = newCount();
// How many promotions upstream sends at once cannot be learnt from calls that fail.
const world = worldOf(String(seed), true);
const upstream = await startFaultyUpstream(truth, world, random);
const redis = await startRedis();
const gateways = [0, 1].map(() => new Gateway({ UPSTREAM_URL: upstream.url, REDIS_URL: redis.url })) as [
  Gateway,
  Gateway,
];
const [restarted, steady] = gateways;
// Also if this ends with an error.
process.once('SIGTERM', () => process.exit(1));
process.once('exit', () => {
  for (const gateway of gateways) gateway.remove();
  void redis.close();
});
const [, { origin }] = await Promise.all([restarted.start(), steady.start()]);

const tally = new Tally();
const ending = new AbortController();
process.once('SIGINT', () => ending.abort());
if (minutes !== undefined) setTimeout(() => ending.abort(), minutes * 60_000);
const reporting = setInterval(() => {
  console.log(`${Math.round(tally.seconds)} s: ${tally.answered} answered, ${tally.faults.text() || 'nothing wrong'}`);
}, REPORT_EVERY_MS);

const clients = new Clients(gateways, truth, random, tally);
const resources = watchResources(origin, options.sampleEveryMs);
const load = Promise.all([
  clients.load(options.clients, options.longestPauseMs),
  clients.visit(world, seed, options.longestPauseMs),
]);
await Promise.all([
  wreak({ restarted, steady, redis, upstream }, seed, options.strikeEveryMs, blows, ending.signal),
  changeCustomers(clients, truth, random, tally, options.changeEveryMs, ending.signal),
]);
await resources.stop();
// The last operations are in flight.
await Promise.all(gateways.map((gateway) => gateway.stop()));
await load;
clearInterval(reporting);
const seconds = tally.seconds;
await Promise.all([upstream.close(), redis.close()]);
const hostile = await soakHostile(options.hostileRequests, seed);

const growth = growthOf(resources.samples, options.maxGrowthMb);
const defects = restarted.defects + steady.defects;
const figures: readonly (readonly [string, string | number])[] = [
  ['operations answered', tally.answered],
  ['  without an error', tally.clean],
  ...FAULTS.map((fault) => [`  ${fault}`, tally.faults.of(fault)] as const),
  ['lost in a kill', tally.lostInKills],
  ['clients that left', tally.left],
  ['events, by status', tally.events.text()],
  ['blows', blows.text()],
  ['upstream calls', upstream.calls()],
  ['faults injected', upstream.faults.text()],
  ['error codes', tally.codes.text()],
  ['operations a second', Math.round(tally.answered / seconds)],
  ['slowest answer (ms)', Math.round(tally.slowestMs)],
  ['pages from the cache', resources.hits()],
  ['  as whole responses', resources.wholeResponses()],
  ...growth.map(({ name, early, late }) => [name, `${early.toFixed(0)} → ${late.toFixed(0)}`] as const),
  ['exits, how often', gateways.map(({ exits }) => exits.text()).join('; ')],
  ['defects logged', defects],
  ['hostile requests', hostile.requests],
  ['  slowest /healthz meanwhile (ms)', Math.round(hostile.slowestHealth)],
  ['  slowest honest client (ms)', Math.round(hostile.slowestHonest)],
  ['  largest answer (bytes)', hostile.largestResponse],
  ['seconds', seconds.toFixed(1)],
];
for (const [name, value] of figures) console.log(`${name.padEnd(36)}${value}`);

const failures = [
  ...hostile.failures.slice(0, 10),
  ...tally.texts,
  ...(tally.clean < tally.answered * 0.05 ? ['fewer than 5 % of the answers were without an error'] : []),
  ...(tally.clean < MANY || resources.wholeResponses() > 0 ? [] : ['no whole response came from the cache']),
  ...growth.filter(({ flat }) => !flat).map(({ name }) => `${name} grew`),
  ...(gateways.every(({ exits }) => exits.text() === `0 ${exits.of('0')}`) ? [] : ['a gateway did not end with 0']),
  ...(defects > 0 ? ['a gateway logged defects'] : []),
];
for (const failure of failures) console.error(`FAILED: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
