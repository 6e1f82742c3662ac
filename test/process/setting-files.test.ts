import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { test } from './support/fixture.ts';

/** A folder as Kubernetes mounts one: files are links into `..data`, a link that is replaced when their contents change. */
function mount(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let version = 0;
  const replace = (contents: Record<string, string>) => {
    version += 1;
    mkdirSync(join(folder, `..${version}`));
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, `..${version}`, name), content);
    symlinkSync(`..${version}`, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  replace(files);
  for (const name of Object.keys(files)) symlinkSync(join('..data', name), join(folder, name));
  return { path: (name: string) => join(folder, name), replace };
}

const keyOf = (name: string, key: string) => `${name}:${createHash('sha256').update(key).digest('hex')}`;

const manifestOf = (...ids: string[]) =>
  JSON.stringify({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: ids.map((id) => ({ id, body: '{ __typename }' })),
  });

test('Secrets and trusted documents are read again when their files change, all of them or none', async ({
  startGatewayProgram,
}) => {
  const files = mount({ keys: keyOf('till', 'old'), documents: manifestOf('first'), cache: 'x'.repeat(32) });
  const { url, program } = await startGatewayProgram({
    AUTH_MODE: 'api-key',
    AUTH_API_KEYS_FILE: files.path('keys'),
    PERSISTED_OPERATIONS: files.path('documents'),
    CACHE_SECRET_FILE: files.path('cache'),
    LOG_FORMAT: 'json',
  });
  const status = async (key: string, id: string) => {
    const body = JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: id } } });
    const headers = {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      'x-api-key': key,
    };
    return (await fetch(url, { method: 'POST', headers, body })).status;
  };
  expect([await status('old', 'first'), await status('new', 'first'), await status('old', 'second')]).toEqual([
    200, 401, 400,
  ]);

  files.replace({ keys: keyOf('till', 'new'), documents: manifestOf('second'), cache: 'y'.repeat(32) });
  await program.printed(
    /"renewed":\["AUTH_API_KEYS","PERSISTED_OPERATIONS"\],"needRestart":\["CACHE_SECRET"\],"msg":"settings reloaded from changed files"/,
  );
  expect([await status('new', 'second'), await status('old', 'second'), await status('new', 'first')]).toEqual([
    200, 401, 400,
  ]);

  files.replace({ keys: keyOf('till', 'newer'), documents: 'no manifest', cache: 'y'.repeat(32) });
  await program.printed(
    /"reason":"PERSISTED_OPERATIONS: The manifest cannot be read \(not JSON\)[^"]*","msg":"changed files are invalid, so the previous settings stay in use"/,
  );
  expect([await status('new', 'second'), await status('newer', 'second')]).toEqual([200, 401]);
});

test("The gateway's own password is read again, and the new one is sent upstream", async ({
  startGatewayProgram,
  upstream,
}) => {
  const files = mount({ password: 'old' });
  const { url, program } = await startGatewayProgram({
    UPSTREAM_URL: upstream.url,
    UPSTREAM_AUTH: 'basic',
    UPSTREAM_USERNAME: 'till',
    UPSTREAM_PASSWORD_FILE: files.path('password'),
    AUTH_ALLOW_ANONYMOUS: 'true',
    LOG_FORMAT: 'json',
  });
  const credentials = async () => {
    const query = '{ customer(identifier: { name: MOBILE, value: "917406400033" }, source: INSTORE) { id } }';
    const headers = { 'content-type': 'application/json' };
    await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return upstream.calls.at(-1)?.headers.authorization;
  };
  const basic = (password: string) =>
    `Basic ${Buffer.from(`till:${createHash('md5').update(password).digest('hex')}`).toString('base64')}`;
  expect(await credentials()).toBe(basic('old'));
  files.replace({ password: 'new' });
  await program.printed(/"renewed":\["UPSTREAM_PASSWORD"\],"msg"/);
  expect(await credentials()).toBe(basic('new'));
});
