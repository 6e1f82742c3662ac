import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { build, preview, createServer as serveSource } from 'vite';

/**
 * `npm run storefront` starts a gateway with its sandbox, and the page in front of it.
 * With `--production` the page is built, and the gateway accepts only the trusted documents in the page's manifest.
 */
const HERE = import.meta.dirname;
const POLL_MS = 50;
const production = process.argv.includes('--production');

type Page = { readonly url: string; close(): Promise<void> };

/** A free port. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}

/** Runs in its own process group, so that only this process forwards Ctrl-C to it. */
function spawnGateway(port: number): ChildProcess {
  const { UPSTREAM_URL: _, ...env } = process.env;
  return spawn(process.execPath, [join(HERE, '../../src/main.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
    env: {
      ...env,
      HOST: '127.0.0.1',
      PORT: String(port),
      SANDBOX: 'true',
      ...(production && { PERSISTED_OPERATIONS: join(HERE, 'persisted-operations.json') }),
    },
  });
}

async function untilReady(origin: string): Promise<void> {
  for (;;) {
    const ready = await fetch(`${origin}/readyz`).catch(() => undefined);
    if (ready?.ok) return;
    await wait(POLL_MS);
  }
}

async function servePage(origin: string): Promise<Page> {
  const configFile = join(HERE, 'vite.config.ts');
  const proxy = { '/graphql': origin };
  if (production) {
    await build({ configFile, logLevel: 'warn' });
    const server = await preview({ configFile, preview: { proxy } });
    return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
  }
  const server = await serveSource({ configFile, server: { proxy } });
  await server.listen();
  return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}

const origin = `http://127.0.0.1:${await freePort()}`;
const gateway = spawnGateway(Number(new URL(origin).port));
const gatewayEnded = once(gateway, 'exit');
let page: Page | undefined;
let stopping = false;

/** npm forwards a Ctrl-C that the terminal has already sent. The second one is ignored. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  process.exitCode = 0;
  gateway.kill();
  await Promise.all([page?.close(), gatewayEnded]);
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
process.once('exit', () => gateway.kill());
gatewayEnded.then(() => {
  if (stopping) return;
  console.error('The gateway has stopped. Its message is above.');
  process.exit(1);
});

await untilReady(origin);
console.log(`Gateway with its sandbox: ${origin}/graphql`);
page = await servePage(origin);
console.log(`Storefront: ${page.url}\nCtrl-C ends both.`);
