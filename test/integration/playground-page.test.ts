import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type PlaygroundFacts, servePlayground } from '../../src/http/playgroundPage.ts';
import { test } from '../support/fixture.ts';

const FACTS: PlaygroundFacts = {
  upstream: 'sandbox',
  callers: 'none',
  upstreamAuth: 'passthrough',
  debug: 'anyone',
  supergraph: false,
};
const BUILT = '<title>the page</title><script type="application/json" id="facts"></script>';
const PAGE = `<title>the page</title><script type="application/json" id="facts">${JSON.stringify(FACTS)}</script>`;
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let directory: string;
let server: FastifyInstance;

async function serverOf(bundle: string): Promise<FastifyInstance> {
  const made = Fastify();
  await servePlayground(made, FACTS, bundle);
  made.route({ method: ['GET', 'POST'], url: '/graphql', handler: async () => 'the API' });
  return made;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'playground-'));
  await mkdir(join(directory, 'playground'));
  await writeFile(join(directory, 'index.html'), BUILT);
  await writeFile(join(directory, 'playground', 'index-abc123.js'), 'export {};');
  await writeFile(join(directory, 'playground', 'index-abc123.js.br'), 'brotli');
  await writeFile(join(directory, 'playground', 'index-abc123.js.gz'), 'gzip');
  server = await serverOf(`${directory}/`);
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

describe('The playground', () => {
  test('is what a browser gets at /graphql, under a policy without foreign or inline scripts', async () => {
    const { statusCode, headers, body } = await server.inject({ url: '/graphql', headers: BROWSER });
    expect([statusCode, body]).toEqual([200, PAGE]);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'accept' });
    const policy = new Map(
      String(headers['content-security-policy'])
        .split('; ')
        .map((directive) => directive.split(/ (.*)/, 2) as [string, string]),
    );
    expect(policy.get('default-src')).toBe("'none'");
    for (const directive of ['script-src', 'worker-src', 'connect-src']) expect(policy.get(directive)).toBe("'self'");
  });

  test('is what a browser gets for a link to a query, which is not run', async () => {
    const { body } = await server.inject({ url: '/graphql?query=%7B__typename%7D', headers: BROWSER });
    expect(body).toBe(PAGE);
  });

  test.each([
    ['a query by GET', { method: 'GET', url: '/graphql?query=%7B__typename%7D', headers: { accept: '*/*' } }],
    [
      'a client that takes JSON too',
      { method: 'GET', url: '/graphql?query=%7B__typename%7D', headers: { accept: 'application/json, text/html' } },
    ],
    ['a POST', { method: 'POST', url: '/graphql', headers: BROWSER }],
    ['a client that asks for JSON', { method: 'GET', url: '/graphql', headers: { accept: 'application/json' } }],
    ['a client that asks for anything', { method: 'GET', url: '/graphql', headers: { accept: '*/*' } }],
  ] as const)('leaves %s to the API', async (_, request) => {
    expect((await server.inject(request)).body).toBe('the API');
  });

  test('is where / redirects to, also behind a proxy with a path', async () => {
    const { statusCode, headers } = await server.inject('/');
    expect(statusCode).toBe(302);
    expect(new URL(String(headers.location), 'http://shop.example/loyalty/').pathname).toBe('/loyalty/graphql');
  });

  test('has assets that may be cached permanently, and serves no other files', async () => {
    const asset = await server.inject('/playground/index-abc123.js');
    expect(asset.statusCode).toBe(200);
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await server.inject('/playground/../index.html')).statusCode).toBe(404);
    expect((await server.inject('/playground/%2e%2e/index.html')).statusCode).not.toBe(200);
  });

  test.each([
    ['br', 'gzip, deflate, br', 'brotli'],
    ['gzip', 'gzip', 'gzip'],
    [undefined, '', 'export {};'],
  ])('sends its assets compressed as %s to a browser that accepts %o', async (encoding, accepted, content) => {
    const asset = await server.inject({ url: '/playground/index-abc123.js', headers: { 'accept-encoding': accepted } });
    expect([asset.headers['content-encoding'], asset.body]).toEqual([encoding, content]);
    expect(asset.headers).toMatchObject({
      'content-type': 'application/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
  });

  test('says how to build it if it is not built', async () => {
    const unbuilt = await serverOf(`${directory}/nothing/`);
    const { statusCode, headers, body } = await unbuilt.inject({ url: '/graphql', headers: BROWSER });
    await unbuilt.close();
    expect([statusCode, headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
    expect(body).toBe('The playground is not built. Run `npm run build:playground` and start the gateway again.\n');
  });
});

describe('A gateway', () => {
  test.for([
    ['with the playground', 'true'],
    ['without it', 'false'],
  ] as const)('%s tells browsers at any other path where the API is', async ([, PLAYGROUND], { startGateway }) => {
    const gateway = await startGateway({ PLAYGROUND });
    for (const path of ['//', '//graphql', '/graphql/']) {
      const response = await fetch(gateway.origin + path, { headers: BROWSER });
      expect([path, response.status]).toEqual([path, 404]);
    }
  });

  test('without the playground tells browsers at /graphql in a page, and still serves clients', async ({
    startGateway,
  }) => {
    const gateway = await startGateway({ PLAYGROUND: 'false' });
    for (const search of ['', '?query=%7B__typename%7D']) {
      const response = await fetch(gateway.url + search, { headers: BROWSER });
      expect([response.status, response.headers.get('content-type')]).toEqual([406, 'text/html; charset=utf-8']);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await response.text()).toContain('The playground is off');
    }
    expect((await gateway.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  test('gives its page the facts about the gateway, and no secret', async ({ startGateway }) => {
    const secret = '5e'.repeat(32);
    const gateway = await startGateway({
      AUTH_MODE: 'api-key',
      AUTH_API_KEYS: `till:${secret}`,
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_USERNAME: 'the-user',
      UPSTREAM_PASSWORD: 'the-password',
      DEBUG_TOKEN: 'the-debug-token',
    });
    const page = await (await fetch(gateway.url, { headers: BROWSER })).text();
    const [, facts = ''] = /id="facts">(.*?)<\/script>/s.exec(page) ?? [];
    expect(JSON.parse(facts)).toEqual({
      upstream: 'real',
      callers: 'api-key',
      upstreamAuth: 'basic',
      debug: 'token',
      supergraph: false,
    });
    for (const hidden of [secret, 'the-user', 'the-password', 'the-debug-token']) expect(page).not.toContain(hidden);
  });
});
