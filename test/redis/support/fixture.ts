// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { test as base } from '../../support/fixture.ts';
import { startPair, stopAll } from './gateways.ts';
import { startRedis } from './redis.ts';

/**
 * What tests with a real Redis are made of, beside what all tests have.
 * - `redis`: a Redis of the file's own. Each test finds it running and empty.
 * - `startInstances(env)`: two gateways in processes of their own, with that Redis, for this test.
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

/** `test` with one more thing: `instances`, two gateways with these settings, which all tests of the file share. */
export function testWith(env: Record<string, string>) {
  return test.extend('instances', { scope: 'file' }, async ({ fileUpstream, fileRedis }, { onCleanup }) => {
    const pair = await startPair(fileUpstream, fileRedis, env);
    onCleanup(() => stopAll(pair));
    return pair;
  });
}
