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

test('The schema check passes for what the changelog of the next major version names', () => {
  change('promotion.graphql', '  active: Boolean\n', '  enabled: Boolean\n');
  change('promotion.graphql', '  orgId: ID\n', '  organisation: ID\n');
  const changelog = (heading: string) =>
    writeFileSync(
      join(repository, 'CHANGELOG.md'),
      `# Changelog\n\n${heading}\n\n- \`Promotion.active\` is gone.\n\n## 1.0.0\n\n- \`Promotion.orgId\`\n`,
    );
  changelog('## 2.0.0 (unreleased)');
  expect(check().passes).toBe(false);
  expect(check().prints).toContain('Promotion.orgId');
  expect(check().prints).not.toContain('Promotion.active');
  changelog('## 1.1.0 (unreleased)');
  expect(check().prints).toContain('Promotion.active');
});

test('The schema check compares with the given revision, however old it is', () => {
  git('tag', 'released');
  change('promotion.graphql', '  active: Boolean\n', '  enabled: Boolean\n');
  commit();
  change('page.graphql', '"A page of', '"One page of');
  commit();
  expect(check().passes).toBe(true);
  expect(check('released').passes).toBe(false);
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
