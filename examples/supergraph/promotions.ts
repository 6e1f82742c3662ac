import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import type { StartedSubgraph } from './subgraph.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

/** Starts the gateway with its sandbox as a separate process on a free port. */
export async function startPromotions(): Promise<StartedSubgraph> {
  const { UPSTREAM_URL: _, ...env } = process.env;
  const gateway = spawn(process.execPath, [MAIN], {
    // Runs in its own process group, so that only this process forwards Ctrl-C to it.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    // The router is a proxy whose X-Forwarded-For contains the client's address.
    env: {
      TRUSTED_PROXIES: 'loopback',
      ...env,
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'silent',
      LOG_FORMAT: 'pretty',
    },
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
  console.error('The gateway has stopped. Its message is above.');
  process.exit(1);
}
