import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, validate } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { SECRETS, VARIABLES } from '../../src/config/variables.ts';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
import { only, render } from './support/kustomize.ts';

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

test('docs/deployment.md makes an API key that the gateway accepts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const commands = blocks('sh').find((block) => block.includes('sha256sum')) ?? '';
  execFileSync('bash', ['-euc', `${commands}\n${commands.replace('till:', 'crm:')}`], { cwd: folder });
  const { auth } = parseConfig({ AUTH_MODE: 'api-key', AUTH_API_KEYS_FILE: join(folder, 'api-keys.txt') });
  expect(auth.mode === 'api-key' && auth.keys.map(({ name }) => name)).toEqual(['till', 'crm']);
});

test('The queries in docs/deployment.md are valid', () => {
  const queries = [...PAGE.matchAll(/-d '(\{.*\})'/g)].map(([, body = '']) => JSON.parse(body).query);
  expect(queries).toHaveLength(2);
  for (const query of queries) expect(validate(buildGatewaySchema(), parse(query))).toEqual([]);
});

test('The Secret in docs/deployment.md has exactly the keys that the overlays use', () => {
  const { data } = only(render('deploy/kubernetes/overlays/backend'), 'ConfigMap');
  const files = Object.values(data as Record<string, string>).flatMap(
    (value) => /^\/etc\/promotions-gateway\/secrets\/(.*)$/.exec(value)?.[1] ?? [],
  );
  const [, creation = ''] = /create secret generic promotions-gateway \\\n(.*?)```/s.exec(PAGE) ?? [];
  const created = [...creation.matchAll(/--from-(?:literal|file)=([\w-]+)=/g)].map(([, key]) => key);
  expect(created.sort()).toEqual(files.toSorted());
});

test('docs/deployment.md names only settings, files and commands that exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const settings = new Set<string | undefined>([...Object.keys(VARIABLES), ...SECRETS]);
  const named = [...PAGE.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !settings.has(name))).toEqual([]);
  for (const [, path = ''] of PAGE.matchAll(/\]\(([^#)]+)\)/g)) expect(existsSync(join('docs', path))).toBe(true);
  for (const [, path = ''] of PAGE.matchAll(/ (deploy\/[\w./-]+)/g)) expect(existsSync(path)).toBe(true);
  for (const [, script = ''] of PAGE.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script]);
});
