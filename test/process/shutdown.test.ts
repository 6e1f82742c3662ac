import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { BASIC, customer } from '../support/gateway.ts';
import { type Program, startProgram } from '../support/process.ts';
import { gate, pages, silent, startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let program: Program;
let url: string;
let agent: Agent;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => {
  upstream.reset();
  agent = new Agent({ keepAlive: true, maxSockets: 8 });
});
afterEach(() => {
  agent.destroy();
  program.child.kill('SIGKILL');
});
afterAll(() => upstream.close());

async function start(env: Record<string, string> = {}) {
  program = startProgram('src/main.js', { PORT: '0', UPSTREAM_URL: upstream.url, LOG_FORMAT: 'json', ...env });
  url = (await program.printed(/GraphQL\s+(http:\/\/\S+)/))[1]?.replace('localhost', '127.0.0.1') ?? '';
}

type Answer = { readonly status: number | undefined; readonly connection: string | undefined; readonly body: string };

/** Asks for a customer on one of the agent's kept connections. */
function ask(value: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asking = request(url, {
    agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: BASIC },
  });
  asking.on('error', reject).on('response', async (response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const { connection } = response.headers;
    resolve({ status: response.statusCode, connection, body: Buffer.concat(chunks).toString() });
  });
  asking.end(JSON.stringify({ query: `{ ${customer('id', value)} }` }));
  return promise;
}

const people = (count: number) => Array.from({ length: count }, (_, i) => String(917_000_000_000 + i));

describe('SIGTERM', () => {
  test('answers all that is in flight on connections that are kept, and exits with 0', async () => {
    await start();
    await Promise.all(people(8).map(ask));
    const held = gate(pages(1, 42));
    upstream.reply(held.reply);
    const asked = people(8).map(ask);
    await upstream.callsReached(16);
    program.child.kill('SIGTERM');
    await refusesConnections();
    held.open();
    for (const { status, connection, body } of await Promise.all(asked)) {
      expect([status, connection, body]).toEqual([200, 'close', '{"data":{"customer":{"id":"42"}}}']);
    }
    expect(await program.exited).toBe(0);
    expect(program.output().match(/"msg":"operation"/g)).toHaveLength(16);
  });

  test('ends idle connections at once, and those on which nothing was ever asked', async () => {
    await start();
    await ask('917000000001');
    const unused = connect(Number(new URL(url).port), '127.0.0.1');
    await once(unused, 'connect');
    unused.on('error', () => {});
    const at = performance.now();
    expect(await program.stop('SIGTERM')).toBe(0);
    expect(performance.now() - at).toBeLessThan(5000);
  });

  test('cuts what takes longer than SHUTDOWN_TIMEOUT_MS', async () => {
    await start({ SHUTDOWN_TIMEOUT_MS: '200' });
    upstream.reply(silent);
    const asked = ask('917000000001');
    asked.catch(() => {});
    await upstream.callsReached(1);
    const at = performance.now();
    await program.stop('SIGTERM');
    expect(performance.now() - at).toBeLessThan(3000);
    await expect(asked).rejects.toThrow();
  });

  test('takes requests for SHUTDOWN_DELAY_MS while it is not ready, and ends each connection with its answer', async () => {
    await start({ SHUTDOWN_DELAY_MS: '1000' });
    const at = performance.now();
    program.child.kill('SIGTERM');
    const readiness = () => fetch(new URL('/readyz', url));
    await eventually(async () => (await readiness()).status === 503);
    expect(await (await readiness()).json()).toEqual({ status: 'draining' });
    expect(await ask('917000000001')).toMatchObject({ status: 200, connection: 'close' });
    expect(await program.exited).toBe(0);
    expect(performance.now() - at).toBeGreaterThan(1000);
  });
});

describe('Ctrl-C', () => {
  test('once waits, twice ends at once', async () => {
    await start();
    upstream.reply(silent);
    const asked = ask('917000000001');
    asked.catch(() => {});
    await upstream.callsReached(1);
    program.child.kill('SIGINT');
    await refusesConnections();
    // Within half a second it would be the same Ctrl-C, handed on by npm.
    await sleep(600);
    expect(await program.stop('SIGINT')).toBe(1);
    await expect(asked).rejects.toThrow();
  });

  test('ends the sandbox too', async () => {
    program = startProgram('src/main.js', { PORT: '0' });
    await program.printed(/GraphQL\s+http/);
    expect(await program.stop('SIGINT')).toBe(0);
  });
});

/** Resolves once the program has begun to shut down. */
async function refusesConnections(): Promise<void> {
  for (;;) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const refused = await Promise.race([
      once(socket, 'connect').then(() => false),
      once(socket, 'error').then(() => true),
    ]).catch(() => true);
    socket.destroy();
    if (refused) return;
  }
}
