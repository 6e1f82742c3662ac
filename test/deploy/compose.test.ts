import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { imageEnvironment } from './support/image.ts';

type Service = {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[];
  readonly ports?: readonly string[];
  readonly stop_grace_period?: string;
  readonly ulimits?: { readonly nofile: number };
  readonly deploy?: { readonly replicas: number };
};

const { services } = parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const service = (name: string): Service => {
  const found = services[name];
  if (found === undefined) throw new Error(`No service is named ${name}.`);
  return found;
};
const { environment: settings = {}, ...gateway } = service('gateway');
// With an UPSTREAM_URL, the image's command sets NODE_ENV=production unless it is set.
const config = parseConfig({
  NODE_ENV: 'production',
  ...imageEnvironment(),
  ...(settings as Record<string, string>),
});

describe('deploy/compose.yaml', () => {
  test.each(Object.entries(services))(
    'has a service %s whose images, files and ports exist',
    (_, { build, ...rest }) => {
      if (build !== undefined) expect(existsSync(resolve('deploy', build, 'Dockerfile'))).toBe(true);
      for (const volume of rest.volumes ?? [])
        expect(existsSync(resolve('deploy', volume.split(':')[0] ?? ''))).toBe(true);
      for (const other of rest.depends_on ?? []) expect(services).toHaveProperty([other]);
      for (const value of Object.values(rest.environment ?? {})) expect(value).toBeTypeOf('string');
      for (const port of rest.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
      expect(rest.image).toMatch(build === undefined ? /:./ : /^promotions-gateway$/);
    },
  );

  test('starts three gateways in front of one sandbox, with a Redis', () => {
    expect(gateway.deploy?.replicas).toBe(3);
    expect(config.redis?.topology).toEqual({ kind: 'single', address: { host: 'redis', port: 6379 } });
    const { environment: { PORT } = {}, command } = service('sandbox');
    expect(config.upstreamUrl).toBe(`http://sandbox:${PORT}`);
    expect(existsSync(command?.[1] ?? '')).toBe(true);
  });

  test('has the playground, and a schema for it', () => {
    expect(config.playground).toBe(true);
    expect(config.introspection).toBe(true);
  });

  test('lets them open more files than connections', () => {
    expect(gateway.ulimits?.nofile).toBeGreaterThan(config.maxConnections + config.upstream.concurrency + 50);
  });

  test('has a Redis as docs/deployment.md starts it, with the only policy that docs/caching.md recommends', () => {
    const command = service('redis').command ?? [];
    const shell = command.map((argument) => argument || '""').join(' ');
    expect(readFileSync('docs/deployment.md', 'utf8')).toContain(`\n${shell}\n`);
    const policy = command[command.indexOf('--maxmemory-policy') + 1];
    expect(readFileSync('docs/caching.md', 'utf8')).toContain(`Use \`${policy}\` for \`maxmemory-policy\``);
  });

  test('gives them the time to drain before they are killed', () => {
    const seconds = Number(/^(\d+)s$/.exec(gateway.stop_grace_period ?? '')?.[1]);
    expect(seconds * 1000).toBeGreaterThan(config.shutdown.delayMs + config.shutdown.timeoutMs);
  });
});

describe('What compose.yaml mounts', () => {
  test('haproxy takes, and it asks every gateway', () => {
    const path = 'deploy/compose/haproxy.cfg';
    expect(() => execFileSync('haproxy', ['-c', '-q', '-f', path], { stdio: 'pipe' })).not.toThrow();
    expect(readFileSync(path, 'utf8')).toContain(
      `server-template gateway- ${gateway.deploy?.replicas} gateway:${config.port} `,
    );
  });

  test('Prometheus takes, with its rules, and it scrapes every gateway', () => {
    const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
    try {
      const text = readFileSync('deploy/compose/prometheus.yml', 'utf8');
      const path = join(folder, 'prometheus.yml');
      writeFileSync(path, text.replace('/etc/prometheus/alerts.yaml', resolve('deploy/monitoring/alerts.yaml')));
      const said = execFileSync('promtool', ['check', 'config', path], { encoding: 'utf8', stdio: 'pipe' });
      expect(said).toMatch(/SUCCESS: [1-9]\d* rules found/);
      const [job] = parse(text).scrape_configs;
      expect(job.dns_sd_configs[0]).toEqual({
        names: ['gateway'],
        type: 'A',
        port: config.metrics.kind === 'own-port' && config.metrics.port,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('Grafana finds Prometheus and the dashboard by', () => {
    const { datasources } = parse(readFileSync('deploy/compose/grafana/datasources.yaml', 'utf8'));
    expect(datasources).toEqual([expect.objectContaining({ type: 'prometheus', url: 'http://prometheus:9090' })]);
    const { providers } = parse(readFileSync('deploy/compose/grafana/dashboards.yaml', 'utf8'));
    const mounted = service('grafana').volumes?.map((volume) => volume.split(':')[1]);
    expect(mounted).toContain(`${providers[0].options.path}/dashboard.json`);
    expect(JSON.parse(readFileSync('deploy/monitoring/dashboard.json', 'utf8'))).toHaveProperty('panels');
  });
});
