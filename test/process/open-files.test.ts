import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { ask, customer } from '../support/gateway.ts';
import { GATEWAY_PROGRAM, startProgram, whenServing, withOpenFiles } from '../support/process.ts';

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

/** The status of a GET over a new connection. */
async function statusOf(port: number, path: string): Promise<number | undefined> {
  const [response] = (await once(get({ host: '127.0.0.1', port, path, agent: false }), 'response')) as [
    IncomingMessage,
  ];
  response.resume();
  return response.statusCode;
}
