/**
 * Soak test: the gateway in a separate process under mixed load, with an upstream that sometimes fails.
 * `npm run soak` sends 50,000 operations, `npm run soak -- --short` 30,000. It exits with 1 if a response
 * was wrong, an operation got no response, or memory or sockets grew.
 */

import { eventually } from '../support/eventually.ts';
import { type Program, startProgram } from '../support/process.ts';
import type { TestUpstream } from '../support/upstream.ts';
import { startFaultyUpstream } from './faultyUpstream.ts';
import { soakHostile } from './hostile.ts';
import { load, newTally, type Tally } from './load.ts';
import { pickOperation } from './operations.ts';
import { type Growth, growthOf, watchResources } from './resources.ts';

const SHORT = process.argv.includes('--short');
// Each half must be long enough for the heap of a new process to reach its size.
const OPERATIONS = SHORT ? 30_000 : 50_000;
const CLIENTS = 32;
const SEED = 20_261_123;

/** The same numbers from 0 to 1 on every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function startGatewayProcess(upstream: TestUpstream): Promise<{ program: Program; url: string; origin: string }> {
  const program = startProgram('src/main.js', {
    NODE_ENV: 'production',
    PORT: '0',
    METRICS: 'true',
    LOG_LEVEL: 'error',
    LOG_FORMAT: 'pretty',
    UPSTREAM_URL: upstream.url,
    UPSTREAM_CONCURRENCY: '64',
    UPSTREAM_TIMEOUT_MS: '500',
    UPSTREAM_MAX_BYTES: '200000',
  });
  const [, url = ''] = await program.printed(/GraphQL\s+(http:\/\/\S+)/);
  return { program, url, origin: url.replace(/\/graphql$/, '') };
}

/** Sends half of the operations, and stops the gateway with SIGTERM while the last ones are in flight. */
async function soakAndStop(upstream: TestUpstream, random: () => number, tally: Tally) {
  const { program, url, origin } = await startGatewayProcess(upstream);
  const resources = watchResources(origin, SHORT ? 250 : 1000);
  let left = OPERATIONS / 2;
  await load(
    url,
    CLIENTS,
    () => left-- > 0,
    () => pickOperation(random),
    random,
    tally,
  );
  await resources.stop();

  let lastOnes = CLIENTS;
  const answeredBefore = tally.answered + tally.left;
  const lastLoad = load(
    url,
    CLIENTS,
    () => lastOnes-- > 0,
    () => pickOperation(random),
    random,
    tally,
  );
  await eventually('calls in flight', upstream.inFlight, (count) => count > 0, { everyMs: 1 });
  const exit = await program.stop('SIGTERM');
  await lastLoad;
  return {
    growth: growthOf(resources.samples),
    exit,
    inFlightAtStop: tally.answered + tally.left - answeredBefore,
    errors: program.output().match(/"level":50/g)?.length ?? 0,
  };
}

const startedAt = performance.now();
const random = seeded(SEED);
const { upstream, faults } = await startFaultyUpstream(random);
const tally = newTally();
const halves = [await soakAndStop(upstream, random, tally), await soakAndStop(upstream, random, tally)];
await upstream.close();
const hostile = await soakHostile(SHORT ? 300 : 3000, SEED);

const seconds = (performance.now() - startedAt) / 1000;
const sum = (counts: ReadonlyMap<string, number>) => [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
const growth = (select: Growth['name']) =>
  halves.map((half) => {
    const found = half.growth.find(({ name }) => name === select);
    return found ? `${found.early.toFixed(0)} → ${found.late.toFixed(0)}` : '';
  });
const figures: readonly (readonly [string, string | number])[] = [
  ['operations answered', tally.answered],
  ['  without an error', tally.clean],
  ['  wrong, mixed up or lost', tally.wrongs.length],
  ['clients that left', tally.left],
  ['upstream calls', upstream.calls.length],
  ['faults injected', sum(faults)],
  ['error codes', sum(tally.codes)],
  ['operations a second', Math.round(tally.answered / seconds)],
  ['RSS (MB), each half', growth('RSS (MB)').join(', ')],
  ['file descriptors, each half', growth('file descriptors').join(', ')],
  ['in flight at SIGTERM, exit', halves.map(({ inFlightAtStop, exit }) => `${inFlightAtStop}, ${exit}`).join('; ')],
  ['defects logged', halves.reduce((all, { errors }) => all + errors, 0)],
  ['hostile requests', hostile.requests],
  ['  slowest /healthz meanwhile (ms)', Math.round(hostile.slowestHealth)],
  ['  slowest honest client (ms)', Math.round(hostile.slowestHonest)],
  ['  largest answer (bytes)', hostile.largestResponse],
  ['seconds', seconds.toFixed(1)],
];
for (const [name, value] of figures) console.log(`${name.padEnd(30)}${value}`);

const failures = [
  ...hostile.failures.slice(0, 10),
  ...tally.wrongs.slice(0, 10),
  ...(tally.clean < tally.answered * 0.7 ? ['fewer than 70 % of the answers were without an error'] : []),
  ...halves.flatMap((half) => half.growth.filter(({ flat }) => !flat).map(({ name }) => `${name} grew`)),
  ...halves.filter(({ exit }) => exit !== 0).map(({ exit }) => `the gateway ended with ${exit}`),
  ...halves.filter(({ errors }) => errors > 0).map(() => 'the gateway logged defects'),
];
for (const failure of failures) console.error(`FAILED: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
