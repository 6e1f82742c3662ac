import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { servePlayground } from '../../src/http/playgroundPage.ts';

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let directory: string;
let server: FastifyInstance;

async function serverOf(bundle: string): Promise<FastifyInstance> {
  const made = Fastify();
  await servePlayground(made, bundle);
  made.route({ method: ['GET', 'POST'], url: '/graphql', handler: async () => 'the API' });
  return made;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'playground-'));
  await mkdir(join(directory, 'playground'));
  await writeFile(join(directory, 'index.html'), '<title>the page</title>');
  await writeFile(join(directory, 'playground', 'index-abc123.js'), 'export {};');
  server = await serverOf(`${directory}/`);
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

describe('The playground', () => {
  test('is what a browser gets at /graphql, under a policy without foreign or inline scripts', async () => {
    const { statusCode, headers, body } = await server.inject({ url: '/graphql', headers: BROWSER });
    expect([statusCode, body]).toEqual([200, '<title>the page</title>']);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'accept' });
    const policy = new Map(
      String(headers['content-security-policy'])
        .split('; ')
        .map((directive) => directive.split(/ (.*)/, 2) as [string, string]),
    );
    expect(policy.get('default-src')).toBe("'none'");
    for (const directive of ['script-src', 'worker-src', 'connect-src']) expect(policy.get(directive)).toBe("'self'");
  });

  test.each([
    ['a query by GET', { method: 'GET', url: '/graphql?query=%7B__typename%7D', headers: BROWSER }],
    ['a persisted query by GET', { method: 'GET', url: '/graphql?extensions=%7B%7D', headers: BROWSER }],
    ['a POST', { method: 'POST', url: '/graphql', headers: BROWSER }],
    ['a client that asks for JSON', { method: 'GET', url: '/graphql', headers: { accept: 'application/json' } }],
    ['a client that asks for anything', { method: 'GET', url: '/graphql', headers: { accept: '*/*' } }],
  ] as const)('leaves %s to the API', async (_, request) => {
    expect((await server.inject(request)).body).toBe('the API');
  });

  test('is where the root leads, behind a path of a proxy too', async () => {
    const { statusCode, headers } = await server.inject('/');
    expect(statusCode).toBe(302);
    expect(new URL(String(headers.location), 'http://shop.example/loyalty/').pathname).toBe('/loyalty/graphql');
  });

  test('has assets that may be kept for ever, and nothing else to fetch', async () => {
    const asset = await server.inject('/playground/index-abc123.js');
    expect(asset.statusCode).toBe(200);
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await server.inject('/playground/../index.html')).statusCode).toBe(404);
    expect((await server.inject('/playground/%2e%2e/index.html')).statusCode).not.toBe(200);
  });

  test('says how to build it where it is not built', async () => {
    const unbuilt = await serverOf(`${directory}/nothing/`);
    const { statusCode, headers, body } = await unbuilt.inject({ url: '/graphql', headers: BROWSER });
    await unbuilt.close();
    expect([statusCode, headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
    expect(body).toContain('npm run build:playground');
  });
});
