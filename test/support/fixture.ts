// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { test as base, expect, vi } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.ts';
import { startCollector } from './collector.ts';
import { type GatewayOptions, startTestGateway, type TestGateway } from './gateway.ts';
import { startIdentityProvider } from './identityProvider.ts';
import { startUpstream } from './upstream.ts';

/** The clock and timers of the gateway, which stand still unless a test lets time pass. */
export type Time = {
  /** Lets so many milliseconds pass, and runs what was due in them. */
  pass(ms: number): Promise<void>;
};

/**
 * What integration tests are made of. A test names what it needs, and what was started for it ends by itself:
 * - `upstream`: the programmable upstream. The file has one, and each test finds it as new.
 * - `startGateway(env, options)`: a gateway in front of it, for this test.
 * - `time`: stops the gateway's clock and timers; they move only by `time.pass(ms)`.
 * - `provider`, `collector`, `sandbox`: an identity provider, a collector of traces, the embedded sandbox.
 */
export const test = base
  .extend('fileUpstream', { scope: 'file' }, async ({}, { onCleanup }) => {
    const upstream = await startUpstream();
    onCleanup(() => upstream.close());
    return upstream;
  })
  .extend('sandbox', { scope: 'file' }, async ({}, { onCleanup }) => {
    const sandbox = await startSandbox({});
    onCleanup(() => sandbox.close());
    return sandbox;
  })
  .extend('upstream', { auto: true }, ({ fileUpstream }) => {
    fileUpstream.reset();
    return fileUpstream;
  })
  .extend('provider', async ({}, { onCleanup }) => {
    const provider = await startIdentityProvider();
    onCleanup(() => provider.close());
    return provider;
  })
  .extend('collector', async ({}, { onCleanup }) => {
    const collector = await startCollector();
    // OpenTelemetry's exporter reads it there, and nowhere else.
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
    onCleanup(async () => {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
      await collector.close();
    });
    return collector;
  })
  .extend('startGateway', ({ upstream }, { onCleanup }) => {
    const started: TestGateway[] = [];
    onCleanup(async () => {
      for (const gateway of started) await end(gateway);
    });
    return async (env: Record<string, string> = {}, options?: GatewayOptions): Promise<TestGateway> => {
      const gateway = await startTestGateway(upstream.url, env, options);
      started.push(gateway);
      return gateway;
    };
  })
  // After the gateways in order, and so before them in ending: what waits in them still ends in the time that was stopped.
  .extend('time', async ({ startGateway: _ }, { onCleanup }) => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
    onCleanup(async () => {
      await vi.advanceTimersByTimeAsync(60_000);
      vi.useRealTimers();
    });
    const time: Time = {
      pass: async (ms) => {
        await vi.advanceTimersByTimeAsync(ms);
      },
    };
    return time;
  });

/** `test` with one more thing: a `gateway` with these settings, which all tests of the file share. */
export function testWith(env: Record<string, string>) {
  return test.extend('gateway', { scope: 'file' }, async ({ fileUpstream }, { onCleanup }) => {
    const gateway = await startTestGateway(fileUpstream.url, env);
    onCleanup(() => end(gateway));
    return gateway;
  });
}

/** Whatever a test is about, nothing in it may fail in a way that the gateway's code does not know. */
async function end(gateway: TestGateway): Promise<void> {
  await gateway.close();
  expect(gateway.logs.unhandledErrors()).toEqual([]);
}
