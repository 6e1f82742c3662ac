import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import type { StartedSubgraph } from './subgraph.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** The gateway on its sandbox, as a program of its own on a free port. */
export async function startPromotions(): Promise<StartedSubgraph> {
  const { UPSTREAM_URL: _, ...env } = process.env;
  const gateway = spawn(process.execPath, [MAIN], {
    // In a process group of its own, so that Ctrl-C reaches it once: from here.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...env, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent' },
  });
  process.once('exit', () => gateway.kill());
  let printed = '';
  for await (const chunk of gateway.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    const url = /^\s*GraphQL\s+(\S+)$/m.exec(printed)?.[1];
    if (url === undefined) continue;
    gateway.stdout.resume();
    return {
      name: 'promotions',
      url,
      sdl: readTypeDefs(),
      async close() {
        gateway.kill();
        await once(gateway, 'exit');
      },
    };
  }
  throw new Error('The gateway ended before it was ready; its own message is above.');
}
