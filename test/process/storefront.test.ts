import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { type Program, startProgram } from '../support/process.ts';
import { GATEWAY_AT, type Storefront, startStorefront } from '../support/storefront.ts';

const QUESTION = { query: '{ customer(identifier: { name: MOBILE, value: "917406400033" }, source: ALL) { id } }' };
const ANSWER = { data: { customer: { id: '347297848' } } };

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

const running = new Set<Program>();
afterEach(async () => {
  for (const program of running) await program.stop();
  running.clear();
});

async function start(...args: readonly string[]): Promise<Storefront> {
  const storefront = await startStorefront(...args);
  running.add(storefront.program);
  return storefront;
}

describe('The storefront, started by one command', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'serves the page and the gateway, and %s ends both with 0',
    async (signal) => {
      const { url, gatewayUrl, program } = await start();
      expect(await pageAt(url)).toContain('<title>Fernhill Members</title>');
      expect(await ask(`${url}graphql`, QUESTION)).toMatchObject(ANSWER);
      expect(await ask(gatewayUrl, QUESTION)).toMatchObject(ANSWER);

      expect(await program.stop(signal)).toBe(0);
      await expect(fetch(url)).rejects.toThrow();
      await expect(fetch(gatewayUrl)).rejects.toThrow();
    },
  );

  test('ends with 0 when Ctrl-C in a terminal interrupts npm and everything below it', async () => {
    const npm = spawn('npm', ['run', 'storefront'], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(npm, 'exit');
    for await (const line of createInterface(npm.stdout)) if (line.startsWith('Ctrl-C')) break;
    process.kill(-Number(npm.pid), 'SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  test('ends with 0 too when it is interrupted on its way, and leaves no gateway behind', async () => {
    const program = startProgram('examples/storefront/start.ts', {}, ['--production']);
    running.add(program);
    const [, gatewayUrl = ''] = await program.printed(GATEWAY_AT);
    expect(await program.stop('SIGINT')).toBe(0);
    expect(program.output()).not.toContain('Storefront:');
    await expect(fetch(gatewayUrl)).rejects.toThrow();
  });

  test('takes another port where the usual one is in use', async () => {
    const one = await start();
    const other = await start();
    expect(other.url).not.toBe(one.url);
    expect(other.gatewayUrl).not.toBe(one.gatewayUrl);
    expect(await pageAt(other.url)).toContain('<title>Fernhill Members</title>');
    expect([await one.program.stop('SIGINT'), await other.program.stop('SIGINT')]).toEqual([0, 0]);
  });

  test('built for production, has the gateway answer the operations of its manifest and no others', async () => {
    const manifest = JSON.parse(await readFile('examples/storefront/persisted-operations.json', 'utf8'));
    const [{ id }] = manifest.operations;
    const { url, program } = await start('--production');
    expect(await pageAt(url)).toContain('<title>Fernhill Members</title>');
    const variables = { identifier: { name: 'MOBILE', value: '917406400033' }, first: 10 };
    const extensions = { persistedQuery: { version: 1, sha256Hash: id } };
    expect(await ask(`${url}graphql`, { variables, extensions })).toMatchObject(ANSWER);
    expect(await ask(`${url}graphql`, QUESTION)).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_OPERATION_REQUIRED' } }],
    });
    expect(await program.stop('SIGINT')).toBe(0);
  });
});
