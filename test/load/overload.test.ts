// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { test as base, expect } from 'vitest';
import { A_MINUTE, eventually } from '../support/eventually.ts';
import { type Program, runFirst, startProgram, whenServing } from '../support/process.ts';
import type { Outcome } from './support/clients.ts';

const WORKERS = 3;
const SERVICE_MS = 200;
/** Calls a second that upstream can handle. */
const CAPACITY = (WORKERS * 1000) / SERVICE_MS;
/** The longest wait of a call for a place, and what a busy machine adds. */
const WAIT_MS = 1500;

const COLD = { times: 5, seconds: 20 };

/** A gateway and an upstream with a fixed capacity, in processes of their own. */
const test = base.extend('busy', { scope: 'file' }, async ({}, { onCleanup }) => {
  const programs: Program[] = [];
  onCleanup(async () => {
    await Promise.all(programs.map((program) => program.stop('SIGKILL')));
  });
  const start = (file: string, env: Record<string, string>, args: readonly (string | number)[]) => {
    const program = startProgram(file, env, args.map(String));
    // This is about a busy upstream, not about a busy machine.
    runFirst(program.child);
    programs.push(program);
    return program;
  };
  const busy = start('test/load/support/busyUpstream.ts', {}, [WORKERS, SERVICE_MS]);
  const [, upstream = ''] = await busy.printed(/listening at (\S+)/);
  const env = { PORT: '0', UPSTREAM_URL: upstream, METRICS: 'true', LOG_FORMAT: 'json' };
  const gateway = start('src/main.js', env, []);
  const { url } = await whenServing(gateway);
  const load = async (perSecond: number, seconds: number): Promise<Outcome[]> => {
    const clients = start('test/load/support/clients.ts', {}, [url, perSecond, seconds]);
    const [, outcomes = ''] = await clients.printed(/^outcomes (.*)\n/m, 115_000);
    await clients.exited;
    return JSON.parse(outcomes);
  };
  const fromColdStart = await load(COLD.times * CAPACITY, COLD.seconds);
  const metrics = async () => (await fetch(new URL('/metrics', url))).text();
  return {
    load,
    /** The outcomes of the first operations of the process, whose code is not compiled yet. */
    fromColdStart,
    /** Resolves once no call is in flight or waits for a place. */
    idle: async () => {
      const gauges = async () =>
        (await metrics()).match(/^gateway_upstream_(calls_in_flight|concurrency_waiting) .*$/gm);
      const none = ['gateway_upstream_calls_in_flight 0', 'gateway_upstream_concurrency_waiting 0'];
      await eventually('upstream calls', gauges, (lines) => none.every((line) => lines?.includes(line)), A_MINUTE);
    },
    async circuit(): Promise<string | undefined> {
      return /gateway_upstream_circuit\{state="([\w-]+)"\} 1/.exec(await metrics())?.[1];
    },
    /** Calls that the gateway ended before their response. */
    abandoned: async (): Promise<number> => (await (await fetch(`${upstream}/stats`)).json()).abandoned,
    warnings: () => [...gateway.output().matchAll(/"level":40,.*("msg":"[^"]*")/g)].map(([, msg]) => msg),
  };
});

const shareWithin = (outcomes: readonly Outcome[], limitMs: number) =>
  outcomes.filter(({ ms }) => ms <= limitMs).length / outcomes.length;

/** `used`: the share of upstream's capacity that was used for responses while the load lasted. */
function summary(outcomes: readonly Outcome[], seconds: number) {
  const answered = outcomes.filter(({ code }) => code === 'OK');
  const inTime = answered.filter(({ startedAt, ms }) => startedAt + ms <= seconds * 1000);
  const refused = outcomes.filter(({ code }) => code === 'UPSTREAM_OVERLOADED');
  return { answered, refused, used: inTime.length / (CAPACITY * seconds) };
}

test('From a cold start upstream is used to nine tenths, and no operation waits long for its refusal', async ({
  busy,
}) => {
  const { answered, refused, used } = summary(busy.fromColdStart, COLD.seconds);
  expect(answered.length + refused.length).toBe(busy.fromColdStart.length);
  expect(used).toBeGreaterThanOrEqual(0.9);
  expect(shareWithin(refused, WAIT_MS)).toBe(1);
});

test.for([
  [2, 35],
  [10, 60],
] as const)(
  'At %i times its capacity for %i seconds upstream is fully used, responses are fast, and other operations are refused at once',
  async ([times, seconds], { busy }) => {
    const outcomes = await busy.load(CAPACITY * times, seconds);
    const circuit = await busy.circuit();
    await busy.idle();
    const afterwards = await busy.load(CAPACITY / 2, 3);

    const { answered, refused, used } = summary(outcomes, seconds);
    console.info(`${times} times the capacity:`, {
      used,
      answeredWithin2s: shareWithin(answered, 2000),
      refusedWithin100ms: shareWithin(refused, 100),
      afterwardsWithin500ms: shareWithin(afterwards, 500),
    });
    expect(answered.length + refused.length).toBe(outcomes.length);
    expect(used).toBeGreaterThanOrEqual(0.95);
    expect(shareWithin(answered, 2000)).toBeGreaterThanOrEqual(0.99);
    expect(shareWithin(refused, 100)).toBeGreaterThanOrEqual(0.9);
    expect(shareWithin(refused, WAIT_MS)).toBe(1);
    expect(refused.filter(({ retryAfterSeconds = 0 }) => retryAfterSeconds < 1)).toEqual([]);
    expect([circuit, await busy.abandoned(), busy.warnings()]).toEqual(['closed', 0, []]);
    expect(afterwards.filter(({ code }) => code !== 'OK')).toEqual([]);
    expect(shareWithin(afterwards, 500)).toBeGreaterThanOrEqual(0.95);
  },
);
