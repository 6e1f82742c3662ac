import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { COLLECTOR_VARIABLES } from '../../src/config/otel.ts';
import { SECRETS, VARIABLES } from '../../src/config/variables.ts';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';

const PAGE = readFileSync('docs/deployment.md', 'utf8');

/** The blocks of code of this language. */
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, 'gms'))].map(([, block = '']) => block);

function environment(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

test('The settings of both kinds of callers in docs/deployment.md start', () => {
  const modes = blocks('env').map((block) => parseConfig(environment(block)).auth.mode);
  expect(modes).toEqual(['jwt', 'api-key']);
});

test('docker run in docs/deployment.md has the settings that it needs to drain before it is killed', () => {
  const [, run = ''] = /^docker run -d (.*?)^```/ms.exec(PAGE) ?? [];
  const settings = [...PAGE.matchAll(/`((?:METRICS_PORT|SHUTDOWN_DELAY_MS)=\d+)`/g)].map(([, setting]) => setting);
  const { shutdown, port, metrics, ...config } = parseConfig(environment(settings.join('\n')));
  const option = (pattern: RegExp) => Number(pattern.exec(run)?.[1]);
  // The process kills itself half a second later, if it has to.
  expect(option(/--stop-timeout (\d+)/) * 1000).toBeGreaterThan(shutdown.delayMs + shutdown.timeoutMs + 500);
  expect(shutdown.delayMs).toBe(5000);
  expect(option(/nofile=(\d+)/)).toBeGreaterThan(config.maxConnections + config.upstream.concurrency + 50);
  expect(metrics).toEqual({ kind: 'own-port', port: option(/-p (9\d+):/) });
  expect(port).toBe(option(/-p (4\d+):/));
});

test('docs/deployment.md makes an API key that the gateway accepts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const commands = blocks('sh').find((block) => block.includes('-sha256')) ?? '';
  execFileSync('bash', ['-euc', `${commands}\n${commands.replace('till:', 'crm:')}`], { cwd: folder });
  const { auth } = parseConfig({ AUTH_MODE: 'api-key', AUTH_API_KEYS_FILE: join(folder, 'api-keys.txt') });
  expect(auth.mode === 'api-key' && auth.keys.map(({ name }) => name)).toEqual(['till', 'crm']);
});

test('The queries in docs/deployment.md are valid', () => {
  const queries = [...PAGE.matchAll(/-d '(\{.*\})'/g)].map(([, body = '']) => JSON.parse(body).query);
  expect(queries).toHaveLength(2);
  for (const query of queries) expect(validate(buildGatewaySchema(), parse(query))).toEqual([]);
});

test('docs/deployment.md writes exactly the files of secrets that the upstream component reads', () => {
  const { secretGenerator } = parseYaml(
    readFileSync('deploy/kubernetes/components/upstream/kustomization.yaml', 'utf8'),
  );
  const commands = blocks('sh').find((block) => block.includes('upstream/secrets')) ?? '';
  const written = [...commands.matchAll(/ > ([\w-]+)$/gm)].map(([, name]) => `secrets/${name}`);
  expect(written.toSorted()).toEqual(secretGenerator[0].files.toSorted());
});

test('docs/deployment.md names only settings, files and commands that exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const files = SECRETS.map((name) => `${name}_FILE`);
  const settings = new Set<string | undefined>([...Object.keys(VARIABLES), ...files, ...COLLECTOR_VARIABLES]);
  const named = [...PAGE.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !settings.has(name))).toEqual([]);
  for (const [, path = ''] of PAGE.matchAll(/\]\((?!https:)([^#)]+)\)/g))
    expect(existsSync(join('docs', path))).toBe(true);
  for (const [, path = ''] of PAGE.matchAll(/ (deploy\/(?![\w./-]*\/secrets)[\w./-]+)/g))
    expect(existsSync(path)).toBe(true);
  for (const [, script = ''] of PAGE.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script]);
});
