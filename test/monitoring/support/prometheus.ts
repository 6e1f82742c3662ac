import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { A_MINUTE, eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/process.ts';

export type Alert = { readonly state: 'pending' | 'firing'; readonly labels: Readonly<Record<string, string>> };

export type Sample = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] };

export type Prometheus = {
  /** Scrapes the metrics at `host:port` once a second from now on, as this job. */
  scrape(job: string, address: string): void;
  /** The result of a query now. @throws Error with Prometheus' own message if the query fails */
  query(query: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly Alert[]>;
  close(): Promise<void>;
};

/** Starts a Prometheus with these rules and nothing to scrape yet. */
export async function startPrometheus(rules: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const file = (name: string) => join(folder, name);
  const targets: { targets: string[]; labels: { job: string } }[] = [];
  const writeTargets = () => {
    // Moved into place, so that Prometheus never reads half of it.
    writeFileSync(file('targets.tmp'), JSON.stringify(targets));
    renameSync(file('targets.tmp'), file('targets.json'));
  };
  writeFileSync(file('rules.yaml'), rules);
  writeFileSync(
    file('prometheus.yaml'),
    stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [file('rules.yaml')],
      scrape_configs: [
        { job_name: 'gateway', file_sd_configs: [{ files: [file('targets.json')], refresh_interval: '1s' }] },
      ],
    }),
  );
  writeTargets();
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(
    'prometheus',
    [
      `--config.file=${file('prometheus.yaml')}`,
      `--storage.tsdb.path=${file('data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(server, 'exit');
  const api = async (path: string) => {
    const response = await fetch(`http://${address}/api/v1/${path}`);
    const { data, error } = (await response.json()) as { data: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  };
  const ready = async () => {
    if (server.exitCode !== null) throw new Error('Prometheus does not start with this configuration.');
    return (await fetch(`http://${address}/-/ready`).catch(() => undefined))?.status;
  };
  await eventually('the status of Prometheus', ready, 200, A_MINUTE);
  return {
    scrape(job, target) {
      targets.push({ targets: [target], labels: { job } });
      writeTargets();
    },
    query: async (query) =>
      ((await api(`query?query=${encodeURIComponent(query)}`)) as { result: readonly Sample[] }).result,
    alerts: async () => ((await api('alerts')) as { alerts: readonly Alert[] }).alerts,
    async close() {
      server.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
