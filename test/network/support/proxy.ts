import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/process.ts';

export type Proxy = {
  /** Its URL with the required credentials. */
  readonly url: string;
  /** The hosts and ports that it connected to. */
  readonly connections: () => readonly string[];
  close(): Promise<void>;
};

/** Starts Debian's tinyproxy on a free loopback port. */
export async function startProxy(): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'));
  const [config, log] = [join(folder, 'tinyproxy.conf'), join(folder, 'log')];
  const port = await freePort();
  writeFileSync(log, '');
  writeFileSync(
    config,
    [`Port ${port}`, 'Listen 127.0.0.1', 'LogLevel Info', `LogFile "${log}"`, 'BasicAuth user hush-hush', ''].join(
      '\n',
    ),
  );
  const child: ChildProcess = spawn('tinyproxy', ['-d', '-c', config], { stdio: 'ignore' });
  await eventually('the proxy answers', () => answers(port), true);
  return {
    url: `http://user:hush-hush@127.0.0.1:${port}`,
    connections: () => [...readFileSync(log, 'utf8').matchAll(/CONNECT (\S+) HTTP/g)].map(([, target = '']) => target),
    async close() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
