import { once } from 'node:events';
import { connect } from 'node:net';
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
    const { port } = new URL(url);
    const idle = Array.from({ length: openFiles + 100 }, (_, i) => {
      const localAddress = `127.0.0.${2 + (i % 2)}`;
      return connect({ port: Number(port), host: '127.0.0.1', localAddress }).on('error', () => {});
    });
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    // Those over the share of an address are closed.
    await eventually(() => idle.filter(({ closed }) => !closed).length < openFiles / 2);
    for (let i = 0; i < 20; i++) {
      const { errors } = await ask(url, `{ ${customer('customerId', String(917406400000 + i))} }`);
      expect(errors).toBeUndefined();
    }
    expect((await fetch(new URL('/metrics', url))).status).toBe(200);
    expect(program.child.exitCode).toBeNull();
    for (const socket of idle) socket.destroy();
  },
);
