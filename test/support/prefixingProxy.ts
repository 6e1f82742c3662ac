import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export type PrefixingProxy = { readonly origin: string; close(): void };

/** A reverse proxy that serves only `target`, at a path such as `/loyalty`. */
export async function startPrefixingProxy(target: string, prefix: string): Promise<PrefixingProxy> {
  const server = createServer((asked, answer) => {
    if (!asked.url?.startsWith(`${prefix}/`)) {
      answer.writeHead(404).end();
      return;
    }
    const { method, headers } = asked;
    const passedOn = request(new URL(asked.url.slice(prefix.length), target), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passedOn.on('error', () => answer.destroy());
    asked.pipe(passedOn);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
