import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { mount } from '../support/mount.ts';
import { json, pages } from '../support/upstream.ts';
import { test } from './support/fixture.ts';

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

test('The key of the OAuth client is read again with its secret, and the next token is for it', async ({
  startGatewayProgram,
  upstream,
}) => {
  const TOKENS = '/v3/oauth/token/generate';
  upstream.reply((call, response) => {
    if (call.path !== TOKENS) return pages(1)(call, response);
    const { key, secret } = JSON.parse(call.body);
    return json({ data: { accessToken: `token-of-${key}-${secret}`, ttlSeconds: 300 }, errors: null })(call, response);
  });
  const files = mount({ key: 'first', secret: 'old' });
  const { url, program } = await startGatewayProgram({
    UPSTREAM_URL: upstream.url,
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_OAUTH_KEY_FILE: files.path('key'),
    UPSTREAM_OAUTH_SECRET_FILE: files.path('secret'),
    AUTH_ALLOW_ANONYMOUS: 'true',
    LOG_FORMAT: 'json',
  });
  const token = async () => {
    const query = '{ customer(identifier: { name: MOBILE, value: "917406400033" }, source: INSTORE) { id } }';
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return upstream.calls.at(-1)?.headers['x-cap-api-oauth-token'];
  };
  expect(await token()).toBe('token-of-first-old');
  files.replace({ key: 'second', secret: 'old' });
  await program.printed(/"renewed":\["UPSTREAM_OAUTH_KEY","UPSTREAM_OAUTH_SECRET"\],"msg"/);
  expect(await token()).toBe('token-of-second-old');
});
