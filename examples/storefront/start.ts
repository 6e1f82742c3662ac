import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, preview, createServer as serveSource } from 'vite';

/**
 * `npm run storefront` starts a gateway with its sandbox, and the page in front of it.
 * With `--production` the page is built, and the gateway accepts only the trusted documents in the page's manifest.
 */
const production = process.argv.includes('--production');
const configFile = join(import.meta.dirname, 'vite.config.ts');
const { UPSTREAM_URL: _, ...env } = process.env;

/** In a process group of its own, so that only this process tells it to stop. */
const gateway = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.js')], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
  env: {
    ...env,
    HOST: '127.0.0.1',
    PORT: '0',
    SANDBOX: 'true',
    // Its text after the start has its address, and what fails is on stderr.
    LOG_LEVEL: 'silent',
    LOG_FORMAT: 'pretty',
    ...(production && { PERSISTED_OPERATIONS: join(import.meta.dirname, 'persisted-operations.json') }),
  },
});
const gatewayEnded = once(gateway, 'exit');
let page: { close(): Promise<void> } | undefined;
let stopping = false;

/** npm forwards a Ctrl-C that the terminal has already sent. The second one is ignored. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  gateway.kill();
  await Promise.all([page?.close(), gatewayEnded]);
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
process.once('exit', () => gateway.kill());
gatewayEnded.then(() => {
  if (stopping) return;
  console.error('The gateway has stopped. Its message is above.');
  process.exit(1);
});

const gatewayUrl = await new Promise<string>((resolve) => {
  createInterface(gateway.stdout).on('line', (line) => {
    const [url] = /http:[^\s"]+\/graphql/.exec(line) ?? [];
    if (url !== undefined) resolve(url);
  });
});
console.log(`Gateway with its sandbox: ${gatewayUrl}`);

const proxy = { '/graphql': new URL(gatewayUrl).origin };
if (production) await build({ configFile, logLevel: 'warn' });
const server = production
  ? await preview({ configFile, preview: { proxy } })
  : await (await serveSource({ configFile, server: { proxy } })).listen();
page = server;
console.log(`Storefront: ${server.resolvedUrls?.local[0]}\nCtrl-C ends both.`);
