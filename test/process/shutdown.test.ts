// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ask, BASIC, customer } from '../support/gateway.ts';
import { GATEWAY_PROGRAM, withOpenFiles } from '../support/process.ts';
import { someone } from '../support/questions.ts';
import { refusesConnections } from '../support/rawHttp.ts';
import { delayed, gate, pages, silent } from '../support/upstream.ts';
import { test as base } from './support/fixture.ts';

type Answer = { readonly status: number | undefined; readonly connection: string | undefined; readonly body: string };

/** Timeouts that are longer than any test, for calls and so for the shutdown. */
const PATIENT = { UPSTREAM_TIMEOUT_MS: '600000', UPSTREAM_DEADLINE_MS: '600000' };

const test = base
  .extend('agent', ({}, { onCleanup }) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    onCleanup(() => agent.destroy());
    return agent;
  })
  .extend('start', ({ upstream, startGatewayProgram, agent }) => async (env: Record<string, string> = {}) => {
    const { url, program } = await startGatewayProgram({
      UPSTREAM_URL: upstream.url,
      LOG_FORMAT: 'json',
      ...PATIENT,
      ...env,
    });
    const address = new URL(url.replace('localhost', '127.0.0.1'));
    return { address, program, ask: () => askFrom(agent, address) };
  });

/** Queries a fresh customer on one of the agent's kept-alive connections. */
function askFrom(agent: Agent, address: URL): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { 'content-type': 'application/json', authorization: BASIC };
  const asking = request(address, { agent, method: 'POST', headers });
  asking.on('error', reject).on('response', async (response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const { connection } = response.headers;
    resolve({ status: response.statusCode, connection, body: Buffer.concat(chunks).toString() });
  });
  asking.end(JSON.stringify({ query: `{ ${customer('customerId', someone())} }` }));
  return promise;
}

const eight = <Result>(make: () => Promise<Result>) => Promise.all(Array.from({ length: 8 }, make));
const ANSWER = { status: 200, connection: 'close', body: '{"data":{"customer":{"customerId":"42"}}}' };

test('After SIGTERM, requests in flight on kept-alive connections get their response, and the gateway exits with 0', async ({
  upstream,
  start,
}) => {
  const { address, program, ask } = await start();
  await eight(ask);
  const held = gate(pages(1, 42));
  upstream.reply(held.reply);
  const answers = eight(ask);
  await upstream.callsReached(16);
  program.child.kill('SIGTERM');
  await refusesConnections(address.origin);
  held.open();
  expect(await answers).toEqual(Array(8).fill(ANSWER));
  expect(await program.exited).toBe(0);
  const lines = program.output().trim().split('\n');
  const messages = lines.map((line) => JSON.parse(line).msg).filter((msg) => msg !== 'operation');
  expect(lines).toHaveLength(16 + messages.length);
  expect(messages).toEqual(['started', 'stopping', 'drained', 'stopped']);
});

// These wait for real time. Only one of them uses the upstream, which all tests of the file share.
describe.concurrent('After SIGTERM', () => {
  test('a request in flight may take longer than ten seconds', async ({ upstream, start }) => {
    const { program, ask } = await start();
    upstream.reply(delayed(11_000, pages(1, 42)));
    const answer = ask();
    await upstream.callsReached(1);
    program.child.kill('SIGTERM');
    expect(await answer).toEqual(ANSWER);
    expect(await program.exited).toBe(0);
  });

  test('the gateway exits with 0 even if its collector cannot be reached', async ({ startGatewayProgram }) => {
    // Nothing listens on port 9.
    const { url, program } = await startGatewayProgram({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    const { errors } = await ask(url, `{ ${customer('customerId')} }`);
    expect(errors).toBeUndefined();
    expect(await program.stop()).toBe(0);
    expect(program.output()).not.toContain('ECONNREFUSED');
  });

  test('a request is cut that takes two seconds longer than UPSTREAM_DEADLINE_MS', async ({ start }) => {
    const { address, program } = await start({ UPSTREAM_TIMEOUT_MS: '100', UPSTREAM_DEADLINE_MS: '100' });
    const socket = connect(Number(address.port), '127.0.0.1');
    const cut = once(
      socket.on('error', () => {}),
      'close',
    );
    const head =
      'POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n';
    await new Promise((sent) => socket.write(`${head}half`, sent));
    const at = performance.now();
    expect(await program.stop('SIGTERM')).toBe(0);
    await cut;
    expect(performance.now() - at).toBeGreaterThan(2000);
    expect(program.output()).toContain('"msg":"stopped"');
    expect(program.output()).not.toContain('"msg":"drained"');
  });

  test('the gateway exits with 0 after SHUTDOWN_DELAY_MS, and not before', async ({ start }) => {
    const { program } = await start({ SHUTDOWN_DELAY_MS: '1000' });
    const at = performance.now();
    expect(await program.stop('SIGTERM')).toBe(0);
    expect(performance.now() - at).toBeGreaterThanOrEqual(1000);
  });
});

test('SIGTERM does not wait for idle connections or unused ones', async ({ start }) => {
  const { address, program, ask } = await start();
  await ask();
  const unused = connect(Number(address.port), '127.0.0.1');
  await once(unused, 'connect');
  unused.on('error', () => {});
  expect(await program.stop('SIGTERM')).toBe(0);
});

test('SIGTERM does not wait for the rest of a body that is refused already', async ({ start }) => {
  const { address, program } = await start();
  const socket = connect(Number(address.port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n');
  socket.write(`authorization: ${BASIC}\r\ncontent-length: 3000000\r\n\r\n{`);
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 413/);
  const going = setInterval(() => socket.write(' '), 100);
  onTestFinished(() => clearInterval(going));
  expect(await program.stop('SIGTERM')).toBe(0);
  expect(program.output()).toContain('"msg":"drained"');
});

test('A collector that never answers does not make a shutdown look as if requests were cut off', async ({ start }) => {
  const collector = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  onTestFinished(() => void collector.close());
  await once(collector, 'listening');
  const { program, ask } = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    UPSTREAM_TIMEOUT_MS: '100',
    UPSTREAM_DEADLINE_MS: '100',
  });
  await ask();
  expect(await program.stop('SIGTERM')).toBe(0);
  expect(messagesOf(program.output())).toEqual(['started', 'operation', 'stopping', 'drained', 'stopped']);
});

test('A gateway that drains for SHUTDOWN_DELAY_MS is not ready, and closes each connection after its response', async ({
  upstream,
  start,
}) => {
  const { address, program, ask } = await start({ SHUTDOWN_DELAY_MS: '600000' });
  upstream.reply(pages(1, 42));
  program.child.kill('SIGTERM');
  const readiness = () => fetch(new URL('/readyz', address));
  await eventually('the status of /readyz', async () => (await readiness()).status, 503);
  expect(await (await readiness()).json()).toEqual({ status: 'draining' });
  expect(await ask()).toEqual(ANSWER);
});

test('Requests that came before SIGTERM are answered, also if the process stood still and has read none of them', async ({
  start,
}) => {
  const { address, program } = await start();
  program.child.kill('SIGSTOP');
  const sockets = await eight(async () => {
    const socket = connect(Number(address.port), '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((sent) => socket.write('GET /healthz HTTP/1.1\r\nhost: gateway\r\n\r\n', sent));
    return socket;
  });
  program.child.kill('SIGTERM');
  program.child.kill('SIGCONT');
  const answers = await Promise.all(sockets.map((socket) => textOf(socket)));
  expect(answers.map((answer) => answer.split('\r\n', 1)[0])).toEqual(Array(8).fill('HTTP/1.1 200 OK'));
  expect(await program.exited).toBe(0);
});

test('A second signal within half a second counts as the first one forwarded by npm', async ({ upstream, start }) => {
  const { address, program, ask } = await start();
  const held = gate(pages(1, 42));
  upstream.reply(held.reply);
  const answer = ask();
  await upstream.callsReached(1);
  program.child.kill('SIGINT');
  program.child.kill('SIGTERM');
  await refusesConnections(address.origin);
  held.open();
  expect(await answer).toEqual(ANSWER);
  expect(await program.exited).toBe(0);
});

test('A second Ctrl-C after half a second stops the gateway at once with 1', async ({ upstream, start }) => {
  const { program, ask } = await start();
  upstream.reply(silent);
  const cut = expect(ask()).rejects.toThrow();
  await upstream.callsReached(1);
  const interrupted = () => {
    program.child.kill('SIGINT');
    return program.child.exitCode;
  };
  await eventually('the exit code', interrupted, 1);
  expect(await program.exited).toBe(1);
  await cut;
});

/** A program that serves nothing and ends on signals, in which this happens just before it can drain, before signals, at the announcement, at the end of what is in flight and at the close. */
const ending = ({ just = '', before = '', drain = '', finish = '', close = '' }) => `
  import { openSync } from 'node:fs';
  import { endOnSignal } from './src/start/shutdown.ts';
  import { createLogger } from './src/telemetry/logger.ts';
  import { writeLine } from './src/telemetry/logCatalogue.ts';
  const logger = await createLogger('info', 'json');
  const timer = setInterval(() => {}, 60_000);
  const failure = Promise.withResolvers();
  ${just}
  endOnSignal({ delayMs: 0, timeoutMs: 60_000 }, {
    report(line, members) {
      writeLine(logger, line, members);
      if (line === 'unhandled error') failure.resolve();
    },
    drain() { ${drain} },
    async finish() { ${finish} },
    async close() { ${close} clearInterval(timer); },
  });
  ${before}
  console.log('{"msg":"serves"}');`;

const messagesOf = (output: string) =>
  output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg);

test.for([
  ['the announcement', { drain: "throw new Error('why');" }],
  ['the end of what is in flight', { finish: "throw new Error('why');" }],
] as const)(
  'If %s fails after SIGTERM, one line says where, and the process ends with 1',
  async ([, failing], { startProgram }) => {
    const program = startProgram('-e', {}, [ending(failing)], [process.execPath, '--input-type=module']);
    await program.printed(/serves/);
    expect(await program.stop('SIGTERM')).toBe(1);
    expect(messagesOf(program.output())).toEqual(['serves', 'stopping', 'unhandled error']);
    expect(program.output()).toMatch(/"err":\{"type":"Error","stack":" +at .*\b(?:drain|finish)\b/);
  },
);

test('A signal that comes just before the program can drain is not lost', async ({ startProgram }) => {
  const just = "process.once('SIGTERM', () => process.exit(1)); process.kill(process.pid, 'SIGTERM');";
  const program = startProgram('-e', {}, [ending({ just })], [process.execPath, '--input-type=module']);
  expect(await program.exited).toBe(0);
  expect(messagesOf(program.output())).toEqual(['serves', 'stopping', 'drained', 'stopped']);
});

test('SIGTERM ends a process that may open no more files as any other', async ({ startProgram }) => {
  const before = "try { for (;;) openSync('/dev/null'); } catch {}";
  const command = [...withOpenFiles(64), '--input-type=module'];
  const program = startProgram('-e', {}, [ending({ before, finish: 'await failure.promise;' })], command);
  await program.printed(/serves/);
  expect(await program.stop('SIGTERM')).toBe(0);
  expect(messagesOf(program.output())).toEqual(['serves', 'stopping', 'unhandled error', 'drained', 'stopped']);
});

/** Lets SIGUSR2 cause a defect that no request waits for. */
const brokenBy = (defect: string) =>
  `data:text/javascript,process.on('SIGUSR2', () => { ${defect} });`.replaceAll(/\s+/g, '%20');

test.for([
  ['an error in a timer', 'json', "setTimeout(() => { throw new RangeError('of 917406' + '400033'); });"],
  ['a rejected promise', 'json', "Promise.reject(new RangeError('of 917406' + '400033'));"],
  ['an error with what was sent', 'pretty', "throw Object.assign(new RangeError(), { input: '917406' + '400033' });"],
] as const)(
  'After %s that nobody waits for, the process ends with 1 and one line that quotes nothing, as %s',
  async ([, format, defect], { startGatewayProgram }) => {
    const env = { LOG_FORMAT: format, NODE_OPTIONS: `--import="${brokenBy(defect)}"` };
    const { url, program } = await startGatewayProgram(env);
    expect((await ask(url, `{ ${customer('customerId')} }`)).errors).toBeUndefined();
    expect(await program.stop('SIGUSR2')).toBe(1);
    const written = program.output();
    if (format === 'json') expect(messagesOf(written).toSorted()).toEqual(['operation', 'started', 'unhandled error']);
    else expect(written).toMatch(/unhandled error: RangeError\n +at /);
    expect(written).not.toContain('917406400033');
  },
);

test.for(['ERR_SSL_TLSV1_ALERT_DECODE_ERROR', 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE'])(
  'The TLS alert %s on a connection that nobody listens to any more ends nothing',
  async (code, { startGatewayProgram }) => {
    const alert = `const { Socket } = process.getBuiltinModule('node:net');
      console.log('alert');
      new Socket().emit('error', Object.assign(new Error(), { code: '${code}' }));`;
    const { url, program } = await startGatewayProgram({ NODE_OPTIONS: `--import="${brokenBy(alert)}"` });
    program.child.kill('SIGUSR2');
    await program.printed(/alert/);
    expect((await ask(url, `{ ${customer('customerId')} }`)).errors).toBeUndefined();
    expect(await program.stop()).toBe(0);
  },
);

test('Ctrl-C stops a gateway with its sandbox with 0', async ({ startGatewayProgram }) => {
  const { program } = await startGatewayProgram();
  expect(await program.stop('SIGINT')).toBe(0);
});

test('A signal during the start ends the process at once', async ({ startProgram }) => {
  // The start waits for this Redis, which never answers.
  const redis = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    redis.close();
  });
  await once(redis, 'listening');
  const { port } = redis.address() as AddressInfo;
  const program = startProgram(GATEWAY_PROGRAM, {
    PORT: '0',
    CACHE_TTL_SECONDS: '60',
    REDIS_URL: `redis://127.0.0.1:${port}`,
    CACHE_SECRET: 'x'.repeat(32),
  });
  const [socket] = (await once(redis, 'connection')) as [Socket];
  socket.on('error', () => {});
  expect(await program.stop('SIGTERM')).toBe(1);
  expect(program.output()).toBe('');
});
