import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STOREFRONT = 'examples/storefront';

type Run = { readonly ok: boolean; readonly output: string };

let copy: string;
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'storefront-'));
  for (const name of ['tsconfig.json', 'package.json', 'schema', STOREFRONT]) {
    // Without files that another test may be building.
    await cp(join(ROOT, name), join(copy, name), {
      recursive: true,
      filter: (path) => !path.includes('/storefront/dist'),
    });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterEach(() => rm(copy, { recursive: true }));

/** Runs a command of the project's dependencies in the copy. */
function run(command: string, ...args: readonly string[]): Promise<Run> {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(join(ROOT, 'node_modules/.bin', command), args, { cwd: copy, env }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: stdout + stderr }),
    );
  });
}

const codegen = () => run('graphql-codegen', '--config', join(STOREFRONT, 'codegen.yml'));
const manifest = () =>
  run('generate-persisted-query-manifest', '--config', join(STOREFRONT, 'persisted-query-manifest.config.json'));
const typecheck = () => run('tsc', '-p', STOREFRONT);
const read = (root: string, path: string) => readFile(join(root, STOREFRONT, path), 'utf8');

async function edit(path: string, from: string, to: string): Promise<void> {
  const text = await read(copy, path);
  expect(text).toContain(from);
  await writeFile(join(copy, STOREFRONT, path), text.replace(from, to));
}

describe('A query of the storefront', () => {
  test('passes the type check as committed', async () => {
    expect(await typecheck()).toEqual({ ok: true, output: '' });
  });

  test('has its generated types and manifest committed', async () => {
    expect(await codegen()).toMatchObject({ ok: true });
    expect(await manifest()).toMatchObject({ ok: true });
    const files = ['fragment-masking.ts', 'gql.ts', 'graphql.ts', 'possibleTypes.ts'].map(
      (name) => `src/generated/${name}`,
    );
    for (const file of [...files, 'persisted-operations.json']) {
      expect(await read(copy, file), file).toBe(await read(ROOT, file));
    }
  });

  test("gets no types for a field that the schema doesn't have", async () => {
    await edit('src/offers/offer.ts', 'description\n', 'description\n    colour\n');
    const { ok, output } = await codegen();
    expect(ok).toBe(false);
    expect(output).toContain('Cannot query field "colour" on type "Promotion"');
  });

  test('fails the type check if it was changed and its types were not', async () => {
    await edit('src/offers/offer.ts', 'description\n', 'description\n    colour\n');
    const { ok, output } = await typecheck();
    expect(ok).toBe(false);
    expect(output).toContain('src/offers/offer.ts');
  });

  test('fails the type check if a component reads a field that was not selected', async () => {
    await edit('src/offers/offer.ts', 'rest.customerUsage', 'rest.eventName');
    const { ok, output } = await typecheck();
    expect(ok).toBe(false);
    expect(output).toContain("Property 'eventName' does not exist");
  });

  test('fails the type check if a component reads a field that only another one selected', async () => {
    await edit('src/offers/OfferList.tsx', 'offerOf(node, now)', 'offerOf(node, now), name: node.name');
    const { ok, output } = await typecheck();
    expect(ok).toBe(false);
    expect(output).toContain("Property 'name' does not exist");
  });

  test('fails the type check with a variable of the wrong type', async () => {
    await edit('src/offers/useOffers.ts', 'first: PAGE_SIZE', "first: 'ten'");
    const { ok, output } = await typecheck();
    expect(ok).toBe(false);
    expect(output).toContain("'string' is not assignable");
  });
});
