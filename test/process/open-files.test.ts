import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { ask, BASIC, customer } from '../support/gateway.ts';
import { freePort, GATEWAY_PROGRAM, startProgram, whenServing, withOpenFiles } from '../support/process.ts';
import { someone } from '../support/questions.ts';

test.for([64, 1024, 4096])(
  'With %d open files, more idle connections than that end nothing, and other addresses are served',
  async (openFiles, { upstream, onTestFinished }) => {
    const env = { PORT: '0', UPSTREAM_URL: upstream.url, METRICS: 'true', LOG_FORMAT: 'json' };
    const { url, program } = await whenServing(startProgram(GATEWAY_PROGRAM, env, [], withOpenFiles(openFiles)));
    onTestFinished(async () => void (await program.stop('SIGKILL')));
    await program.printed(/fewer connections than MAX_CONNECTIONS are accepted/);
    const port = Number(new URL(url).port);
    const idle: Socket[] = [];
    while (idle.length < openFiles + 100) {
      const more = Array.from({ length: 100 }, (_, i) =>
        connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (i % 2)}` }).on('error', () => {}),
      );
      await Promise.all(more.map((socket) => once(socket, 'connect')));
      idle.push(...more);
      // Behind them in the queue of new connections, which loses some for many seconds if it is full.
      expect(await statusOf(port, '/healthz')).toBe(200);
    }
    const open = () => idle.filter(({ closed }) => !closed).length;
    await eventually('connections within the share of their address', open, (count) => count < openFiles / 2);
    for (let i = 0; i < 20; i++) {
      const { errors } = await ask(url, `{ ${customer('customerId', String(917406400000 + i))} }`);
      expect(errors).toBeUndefined();
    }
    expect(await statusOf(port, '/metrics')).toBe(200);
    expect(program.child.exitCode).toBeNull();
    for (const socket of idle) socket.destroy();
  },
);

test.for([64, 1024])(
  'With %d open files, many addresses that take all connections end nothing, and stop neither calls nor metrics on a port of their own',
  async (openFiles, { upstream, onTestFinished }) => {
    const metricsPort = await freePort();
    const env = { PORT: '0', UPSTREAM_URL: upstream.url, METRICS_PORT: String(metricsPort), LOG_FORMAT: 'json' };
    const { url, program } = await whenServing(startProgram(GATEWAY_PROGRAM, env, [], withOpenFiles(openFiles)));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(async () => {
      agent.destroy();
      await program.stop('SIGKILL');
    });
    const port = Number(new URL(url).port);
    expect(await statusOf(port, '/healthz', agent)).toBe(200);
    const take = (at: number, count: number) =>
      Array.from({ length: count }, (_, i) =>
        connect({ port: at, host: '127.0.0.1', localAddress: `127.0.0.${2 + (i % 8)}` }).on('error', () => {}),
      );
    const taken = take(port, openFiles);
    const takenOfMetrics = take(metricsPort, openFiles);
    await eventually(
      'connections that are neither open nor refused',
      () => connecting([...taken, ...takenOfMetrics]),
      0,
    );
    const twenty = Array.from({ length: 20 }, () => `{ name: MOBILE, value: "${someone()}" }`).join(' ');
    const query = `{ customers(source: INSTORE, identifiers: [${twenty}]) { customerId } }`;
    const path = `/graphql?query=${encodeURIComponent(query)}`;
    expect(await answerOf(port, path, agent)).not.toHaveProperty('errors');
    for (const socket of takenOfMetrics) socket.destroy();
    await eventually('the status of metrics', () => statusOf(metricsPort, '/metrics').catch(() => 0), 200);
    for (const socket of taken) socket.destroy();
    await eventually('the status of a new connection', () => statusOf(port, '/healthz').catch(() => 0), 200);
    expect(program.child.exitCode).toBeNull();
  },
);

function connecting(sockets: readonly Socket[]): number {
  return sockets.filter((socket) => socket.connecting).length;
}

async function responseOf(port: number, path: string, agent: Agent | false): Promise<IncomingMessage> {
  const headers = { authorization: BASIC };
  const [response] = (await once(get({ host: '127.0.0.1', port, path, agent, headers }), 'response')) as [
    IncomingMessage,
  ];
  return response;
}

/** The status of a GET, over a new connection unless an agent has one. */
async function statusOf(port: number, path: string, agent: Agent | false = false): Promise<number | undefined> {
  const response = await responseOf(port, path, agent);
  response.resume();
  return response.statusCode;
}

async function answerOf(port: number, path: string, agent: Agent): Promise<unknown> {
  return JSON.parse(await text(await responseOf(port, path, agent)));
}
