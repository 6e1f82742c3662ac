import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';
import { test as base } from '../process/support/fixture.ts';
import { eventually } from '../support/eventually.ts';
import { GATEWAY_AT, type Storefront, whenOpen } from '../support/storefront.ts';

const QUESTION = {
  query: '{ customer(identifier: { name: MOBILE, value: "917406400033" }, source: ALL) { customerId } }',
};
const ANSWER = { data: { customer: { customerId: '347297848' } } };

async function ask(url: string, question: Record<string, unknown>): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  return response.json();
}

async function pageAt(url: string): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'text/html' } });
  return response.text();
}

const test = base.extend(
  'startStorefront',
  ({ startProgram }) =>
    (...args: readonly string[]): Promise<Storefront> =>
      whenOpen(startProgram('examples/storefront/start.ts', {}, args)),
);

test.for(['SIGINT', 'SIGTERM'] as const)(
  'One command serves the page and the gateway, and %s stops both with 0',
  async (signal, { startStorefront }) => {
    const { url, gatewayUrl, program } = await startStorefront();
    expect(await pageAt(url)).toContain('<title>Fernhill Members</title>');
    expect(await ask(`${url}graphql`, QUESTION)).toMatchObject(ANSWER);
    expect(await ask(gatewayUrl, QUESTION)).toMatchObject(ANSWER);

    expect(await program.stop(signal)).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    await expect(fetch(gatewayUrl)).rejects.toThrow('fetch failed');
  },
);

test('Ctrl-C in a terminal, which interrupts npm and all its processes, leaves none of them running', async () => {
  const npm = spawn('npm', ['run', 'storefront'], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    npm.kill('SIGKILL');
  });
  let gatewayUrl = '';
  for await (const line of createInterface(npm.stdout)) {
    gatewayUrl = GATEWAY_AT.exec(`${line}\n`)?.[1] ?? gatewayUrl;
    if (line.startsWith('Ctrl-C')) break;
  }
  expect((await fetch(gatewayUrl)).status).toBe(400);
  const ended = once(npm, 'exit');
  const group = -Number(npm.pid);
  process.kill(group, 'SIGINT');
  await ended;
  const isRunning = () => {
    try {
      return process.kill(group, 0);
    } catch {
      return false;
    }
  };
  await eventually('a process of npm start is running', isRunning, false);
  await expect(fetch(gatewayUrl)).rejects.toThrow('fetch failed');
});

test('Ctrl-C before the storefront is ready stops it and its gateway with 0', async ({ startProgram }) => {
  const program = startProgram('examples/storefront/start.ts', {}, ['--production']);
  const [, gatewayUrl = ''] = await program.printed(GATEWAY_AT);
  expect(await program.stop('SIGINT')).toBe(0);
  expect(program.output()).not.toContain('Storefront:');
  await expect(fetch(gatewayUrl)).rejects.toThrow('fetch failed');
});

test.for(['json', 'pretty'])(
  'The storefront says why its gateway does not start, with LOG_FORMAT=%s',
  async (format, { startProgram }) => {
    const program = startProgram('examples/storefront/start.ts', { CACHE_TTL: '5', LOG_FORMAT: format });
    expect(await program.exited).toBe(1);
    expect(program.output()).toMatch(
      /^CACHE_TTL: The gateway has no setting of this name\. .*\nThe gateway has stopped\. .*\n$/,
    );
  },
);

test('The storefront is served whatever its gateway logs', async ({ startProgram }) => {
  const { url, program } = await whenOpen(startProgram('examples/storefront/start.ts', { LOG_LEVEL: 'warn' }));
  expect(await pageAt(url)).toContain('<title>Fernhill Members</title>');
  expect(await program.stop('SIGINT')).toBe(0);
});

test('The storefront takes another port if the usual one is in use', async ({ startStorefront }) => {
  const one = await startStorefront();
  const other = await startStorefront();
  expect(other.url).not.toBe(one.url);
  expect(other.gatewayUrl).not.toBe(one.gatewayUrl);
  expect(await pageAt(other.url)).toContain('<title>Fernhill Members</title>');
  expect([await one.program.stop('SIGINT'), await other.program.stop('SIGINT')]).toEqual([0, 0]);
});

test('The gateway of a storefront built for production accepts only the documents of its manifest', async ({
  startStorefront,
}) => {
  const manifest = JSON.parse(await readFile('examples/storefront/persisted-operations.json', 'utf8'));
  const [{ id }] = manifest.operations;
  const { url, program } = await startStorefront('--production');
  expect(await pageAt(url)).toContain('<title>Fernhill Members</title>');
  const variables = { identifier: { name: 'MOBILE', value: '917406400033' }, first: 10 };
  const extensions = { persistedQuery: { version: 1, sha256Hash: id } };
  expect(await ask(`${url}graphql`, { variables, extensions })).toMatchObject({
    data: { customer: { promotionConnection: { totalCount: 1 } } },
  });
  expect(await ask(`${url}graphql`, QUESTION)).toMatchObject({
    errors: [{ extensions: { code: 'PERSISTED_OPERATION_REQUIRED' } }],
  });
  expect(await program.stop('SIGINT')).toBe(0);
});
