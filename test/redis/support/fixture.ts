// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { test as base } from '../../support/fixture.ts';
import { startPair, stopAll } from './gateways.ts';
import { startRedis } from './redis.ts';

/**
 * The fixture of tests with a real Redis, in addition to that of all tests:
 * - `redis`: a Redis for the file. It is running and empty at the start of each test.
 * - `startInstances(env)`: two gateways in separate processes with that Redis, for this test.
 */
export const test = base
  .extend('fileRedis', { scope: 'file' }, async ({}, { onCleanup }) => {
    const redis = await startRedis();
    onCleanup(() => redis.close());
    return redis;
  })
  .extend('redis', { auto: true }, async ({ fileRedis }) => {
    await fileRedis.start();
    await fileRedis.client.flushall();
    return fileRedis;
  })
  .extend('startInstances', ({ upstream, redis }, { onCleanup }) => {
    const started: Awaited<ReturnType<typeof startPair>>[] = [];
    onCleanup(() => stopAll(started.flat()));
    return async (env: Record<string, string> = {}) => {
      const pair = await startPair(upstream, redis, env);
      started.push(pair);
      return pair;
    };
  });

/** `test` with `instances`: two gateways with these settings, which all tests of the file share. */
export function testWith(env: Record<string, string>) {
  return test.extend('instances', { scope: 'file' }, async ({ fileUpstream, fileRedis }, { onCleanup }) => {
    const pair = await startPair(fileUpstream, fileRedis, env);
    onCleanup(() => stopAll(pair));
    return pair;
  });
}
