// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { test as base } from 'vitest';
import { A_MINUTE, eventually } from '../../support/eventually.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { startIdentityProvider } from '../../support/identityProvider.ts';
import { type GatewayProgram, startGatewayProgram } from '../../support/process.ts';
import { startUpstream, type TestUpstream } from '../../support/upstream.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { scaledRules } from './rules.ts';

/** A gateway that Prometheus scrapes as a separate job, and its upstream. */
export type Scraped = { readonly job: string; readonly gateway: TestGateway; readonly upstream: TestUpstream };

/**
 * The fixture of alert tests. They run at the same time, so each has its own upstream.
 * - `prometheus`: the file has one.
 * - `startScraped(fault, env)`: a gateway scraped as `promotions-gateway-<fault>`, once at least. It stays until the file ends, for the dashboard.
 * - `startProgram(env)`: a gateway in a separate process, for this test.
 * - `provider`: an identity provider.
 */
export const test = base
  .extend('prometheus', { scope: 'file' }, async ({}, { onCleanup }) => {
    const prometheus = await startPrometheus(scaledRules());
    onCleanup(() => prometheus.close());
    return prometheus;
  })
  .extend('provider', async ({}, { onCleanup }) => {
    const provider = await startIdentityProvider();
    onCleanup(() => provider.close());
    return provider;
  })
  .extend('startScraped', { scope: 'file' }, ({ prometheus }, { onCleanup }) => {
    const started: { close(): Promise<void> }[] = [];
    onCleanup(async () => {
      for (const each of started) await each.close();
    });
    return async (fault: string, env: Record<string, string> = {}): Promise<Scraped> => {
      const upstream = await startUpstream();
      const gateway = await startTestGateway(upstream.url, { METRICS: 'true', UPSTREAM_RETRIES: '0', ...env });
      started.push(gateway, upstream);
      const job = jobOf(fault);
      prometheus.scrape(job, new URL(gateway.origin).host);
      // Pauses between calls of what fails grow in real time, so its first calls must be seen.
      const up = async () => (await prometheus.query(`up{job="${job}"} == 1`)).length;
      await eventually(`the targets of ${job} that are up`, up, 1, { ...A_MINUTE, everyMs: 200 });
      return { job, gateway, upstream };
    };
  })
  .extend('startProgram', ({}, { onCleanup }) => {
    const started: GatewayProgram[] = [];
    onCleanup(async () => {
      for (const { program } of started) await program.stop('SIGKILL');
    });
    return async (env: Record<string, string>): Promise<GatewayProgram> => {
      const gateway = await startGatewayProgram(env);
      started.push(gateway);
      return gateway;
    };
  });

export function jobOf(fault: string): string {
  return `promotions-gateway-${fault}`;
}

/** The names of the alerts of a job that are firing. */
export async function firing(prometheus: Prometheus, job: string): Promise<string[]> {
  const alerts = await prometheus.alerts();
  return alerts
    .filter(({ state, labels }) => state === 'firing' && labels.job === job)
    .map(({ labels }) => labels.alertname ?? '');
}

/** A rule's window and its `for` take 20 seconds here, and all faults are caused at the same time on one machine. */
export const WHILE_RULES_PASS = { withinMs: 100_000, everyMs: 200 };

/** Asks the gateway again and again until the alert of this job fires. */
export async function untilFiring(
  prometheus: Prometheus,
  job: string,
  alert: string,
  ask: () => Promise<unknown> = async () => {},
): Promise<void> {
  const asked: Promise<unknown>[] = [];
  const alerts = () => {
    asked.push(ask());
    return firing(prometheus, job);
  };
  await eventually(`the alerts of ${job}`, alerts, (names) => names.includes(alert), WHILE_RULES_PASS);
  await Promise.all(asked);
}
