import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = resolve('scripts/checkSchema.ts');

let repository: string;
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'schema-check-'));
  git('init', '--quiet');
  cpSync('schema', join(repository, 'schema'), { recursive: true });
  changelog('## 1.0.0 (2026-01-01)');
  release('1.0.0');
  commit();
});
afterEach(() => rmSync(repository, { recursive: true }));

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  execFileSync('git', [...identity, ...args], { cwd: repository });
}

function commit(): void {
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', 'A step');
}

/** A commit of this version. */
function release(version: string): void {
  writeFileSync(join(repository, 'package.json'), JSON.stringify({ name: 'gateway', version }, null, 2));
  commit();
}

/** Writes a changelog of these lines. */
function changelog(...lines: string[]): void {
  writeFileSync(join(repository, 'CHANGELOG.md'), ['# Changelog', ...lines].join('\n\n'));
}

function change(file: string, from: string, to: string): void {
  const path = join(repository, 'schema', file);
  const before = readFileSync(path, 'utf8');
  expect(before).toContain(from);
  writeFileSync(path, before.replace(from, to));
}

/** The output of the check for the repository, and whether it passes. */
function check(...args: string[]): { passes: boolean; prints: string } {
  try {
    const prints = execFileSync(process.execPath, [SCRIPT, ...args], {
      cwd: repository,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return { passes: true, prints };
  } catch (error) {
    return { passes: false, prints: String((error as { stderr?: unknown }).stderr) };
  }
}

/** What graphql-inspector does not call breaking, but breaks clients or a supergraph. */
const BREAKS = [
  ['a default that is another', 'customer.graphql', 'limit: Int = 10', 'limit: Int = 20', 'Customer.promotions.limit'],
  ['a key that is gone', 'customer.graphql', '@key(fields: "identifier { name value } source") ', '', 'Customer.@key'],
  [
    'a key that is another',
    'customer.graphql',
    '@key(fields: "identifier { name value } source")',
    '@key(fields: "source")',
    'Customer.@key.fields',
  ],
] as const;

test.each(BREAKS)('The schema check fails for %s', (_, file, from, to, named) => {
  change(file, from, to);
  const { passes, prints } = check();
  expect(prints).toContain(named);
  expect(passes).toBe(false);
});

test('The schema check passes for what the changelog names under a major version after the release', () => {
  change('promotion.graphql', '  active: Boolean\n', '  enabled: Boolean\n');
  change('promotion.graphql', '  orgId: ID\n', '  organisation: ID\n');
  const old = ['## 1.0.0 (2026-01-01)', '- `Promotion.orgId`'];
  for (const heading of ['## 2.0.0 (unreleased)', '## 2.0.0 (2026-02-01)']) {
    changelog(heading, '- `Promotion.active` is gone.', ...old);
    expect(check()).toEqual({
      passes: false,
      prints: expect.stringMatching(/since 1\.0\.0 \(\w+\):\n {2}Promotion\.orgId: .*\n$/),
    });
  }
  changelog('## 1.1.0 (unreleased)', '- `Promotion.active` is gone.', ...old);
  expect(check().prints).toContain('Promotion.active');
});

test('The schema check compares with the last release, however many commits ago it was, or with the given revision', () => {
  change('promotion.graphql', '  active: Boolean\n', '  enabled: Boolean\n');
  commit();
  git('tag', 'renamed');
  change('page.graphql', '"A page of', '"One page of');
  commit();
  expect(check().prints).toContain('Promotion.active');
  expect(check('renamed').passes).toBe(true);
  changelog('## 2.0.0 (2026-02-01)', '- `Promotion.active` is gone.', '## 1.0.0 (2026-01-01)');
  release('2.0.0');
  expect(check()).toMatchObject({ passes: true, prints: expect.stringContaining('since 1.0.0') });
  commit();
  expect(check()).toMatchObject({ passes: true, prints: expect.stringContaining('0 changes since 2.0.0') });
});

test('The schema check says what to do if the clone does not have the revision', () => {
  expect(check('v0.9.0').prints).toBe(
    'Revision v0.9.0 is not in this clone. Run "git fetch --tags", or use another one.\n',
  );
  const origin = repository;
  commit();
  for (const depth of ['1', '2']) {
    repository = `${origin}-${depth}`;
    execFileSync('git', ['clone', '--quiet', '--depth', depth, `file://${origin}`, repository]);
    const { prints } = check();
    rmSync(repository, { recursive: true });
    expect(prints).toBe('This clone is shallow and ends before the last release. Run "git fetch --unshallow".\n');
  }
  repository = origin;
});

test('The schema check passes for a new field, a new last key and another description', () => {
  change('promotion.graphql', '  active: Boolean\n', '  active: Boolean\n  colour: String\n');
  change('customer.graphql', 'resolvable: false) {', 'resolvable: false) @key(fields: "source") {');
  change('page.graphql', '"A page of', '"One page of');
  expect(check()).toMatchObject({
    passes: true,
    prints: expect.stringContaining('none that breaks clients unannounced'),
  });
});
