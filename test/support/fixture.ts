// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { test as base, expect, vi } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandboxServer.ts';
import { startCollector } from './collector.ts';
import { type GatewayOptions, startTestGateway, type TestGateway } from './gateway.ts';
import { startIdentityProvider } from './identityProvider.ts';
import { startUpstream } from './upstream.ts';

/** The clock and timers of the gateway, which stop unless a test lets time pass. */
export type Time = {
  /** Lets this many milliseconds pass and runs the timers that are due. */
  pass(ms: number): Promise<void>;
};

/**
 * The fixture of integration tests. A test names what it needs, and everything that was started for it is stopped after it:
 * - `upstream`: the programmable upstream. Each file has one, and it is reset for each test.
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
    const sandbox = await startSandbox();
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
    // OpenTelemetry's exporter reads only this variable.
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
  // It is after the gateways, so it is torn down before them: their timers still run in the stopped time.
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

/** `test` with a `gateway` with these settings, which all tests of the file share. */
export function testWith(env: Record<string, string>) {
  return test.extend('gateway', { scope: 'file' }, async ({ fileUpstream }, { onCleanup }) => {
    const gateway = await startTestGateway(fileUpstream.url, env);
    onCleanup(() => end(gateway));
    return gateway;
  });
}

/** After each test: no unhandled error may have been logged. */
async function end(gateway: TestGateway): Promise<void> {
  await gateway.close();
  expect(gateway.logs.unhandledErrors()).toEqual([]);
}
