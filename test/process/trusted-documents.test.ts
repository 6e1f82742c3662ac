// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import relay, { type ConcreteRequest, type Environment } from 'relay-runtime';
import { describe, expect } from 'vitest';
import { freePort, startGatewayProgram } from '../support/process.ts';
import { test as base } from './support/fixture.ts';
import { newApp, snippetsOf } from './support/newApp.ts';

const PAGE = 'docs/trusted-documents.md';
const SNIPPETS = snippetsOf(PAGE);
const [, CURLS = ''] = /```sh\n(.*?)```/s.exec(readFileSync(PAGE, 'utf8')) ?? [];

/** `preset`: an app whose documents the client preset wrote, and a gateway that trusts them. The file has one of each. */
const test = base.extend('preset', { scope: 'file' }, async ({}, { onCleanup }) => {
  const port = String(await freePort());
  const ends: (() => unknown)[] = [];
  onCleanup(async () => {
    for (const end of ends) await end();
  });
  const app = await newApp(`http://localhost:${port}/graphql`, SNIPPETS, (end) => ends.push(end));
  await app.tool('@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.yml');
  const manifest = join(app.folder, 'src/gql/persisted-documents.json');
  const gateway = await startGatewayProgram({ PORT: port, PERSISTED_OPERATIONS: manifest });
  ends.push(() => gateway.program.stop());
  return { app, manifest, gateway };
});

describe("docs/trusted-documents.md, with the client preset's manifest", () => {
  test('prints in each client what the page says', async ({ preset: { app } }) => {
    const printing = SNIPPETS.filter(({ prints }) => prints !== undefined);
    expect(printing.map(({ path }) => path)).toEqual(['src/fetch.ts', 'src/apollo.ts', 'src/urql.ts']);
    for (const { path, prints } of printing) expect([path, await app.node(path)]).toEqual([path, prints]);
  });

  test('answers curl by POST and by GET', async ({ preset: { gateway, manifest } }) => {
    const lines = CURLS.replaceAll('http://localhost:4000', new URL(gateway.url).origin);
    const { stdout } = await promisify(execFile)('sh', ['-c', lines]);
    expect(CURLS).toContain(Object.keys(JSON.parse(readFileSync(manifest, 'utf8')))[0]);
    expect(stdout.match(/"name":"Award50"/g)).toHaveLength(2);
  });
});

test("Relay's manifest, merged with that of the client preset, serves both apps", async ({
  preset,
  startGatewayProgram,
}) => {
  const port = String(await freePort());
  const wallet = snippetsOf('docs/clients.md').filter(({ path }) => path === 'src/Wallet.tsx');
  const app = await newApp(`http://localhost:${port}/graphql`, [...SNIPPETS, ...wallet]);
  await app.tool('relay-compiler/cli.js');
  await app.node('merge.js', 'persisted-queries.json', preset.manifest);
  await startGatewayProgram({ PORT: port, PERSISTED_OPERATIONS: join(app.folder, 'documents.json') });
  const { environment } = (await app.load('src/environment.ts')) as { environment: Environment };
  const { default: query } = (await app.load('src/__generated__/WalletQuery.graphql.ts')) as {
    default: ConcreteRequest;
  };
  await relay.fetchQuery(environment, query, { mobile: '917406400033' }).toPromise();
  expect(JSON.stringify(environment.getStore().getSource().toJSON())).toContain('"name":"Award50"');
  await app.tool('@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.yml');
  expect(await app.node('src/fetch.ts')).toBe('Award50\n');
});
