// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test as base } from '../../process/support/fixture.ts';
import { makeCa } from '../../support/certificates.ts';
import { freePort } from '../../support/process.ts';
import { pageBody } from '../../support/upstream.ts';
import { startProxy } from './proxy.ts';

/** The requests to a host: their paths, and the name in the client's certificate. */
export type SecureHost = {
  readonly url: string;
  /** `localhost:<port>` */
  readonly host: string;
  readonly asked: { readonly path: string; readonly client: string | undefined }[];
};

/** `test` with a CA, a real proxy and TLS hosts for lookups, tokens and key sets, in addition to the fixture of process tests. */
export const test = base
  .extend('ca', { scope: 'file' }, async ({}, { onCleanup }) => {
    const ca = makeCa();
    onCleanup(() => ca.remove());
    return ca;
  })
  .extend('proxy', async ({}, { onCleanup }) => {
    const proxy = await startProxy();
    onCleanup(() => proxy.close());
    return proxy;
  })
  // Node's own servers check a client's certificate after the handshake, and send no alert.
  .extend('startVerifyingServer', async ({ ca }, { onCleanup }) => {
    const servers: ChildProcess[] = [];
    onCleanup(() => {
      for (const server of servers) server.kill();
    });
    return async (): Promise<string> => {
      const { certFile, keyFile } = ca.issue('upstream');
      const port = await freePort();
      const own = ['-accept', `127.0.0.1:${port}`, '-cert', certFile, '-key', keyFile, '-www'];
      const verifying = ['-CAfile', ca.certFile, '-Verify', '1', '-verify_return_error'];
      const server = spawn('openssl', ['s_server', ...own, ...verifying], { stdio: ['ignore', 'pipe', 'ignore'] });
      servers.push(server);
      await once(server.stdout, 'data');
      return `https://localhost:${port}`;
    };
  })
  .extend('startHost', async ({}, { onCleanup }) => {
    const closing: (() => void)[] = [];
    onCleanup(() => {
      for (const close of closing) close();
    });
    return async (tls: ServerOptions): Promise<SecureHost> => {
      const asked: SecureHost['asked'] = [];
      const server = createServer(tls, (request, response) => {
        const path = new URL(request.url ?? '/', 'https://host').pathname;
        const socket = request.socket as import('node:tls').TLSSocket;
        const { subject } = socket.getPeerCertificate() as { subject?: { CN?: string } };
        asked.push({ path, client: subject?.CN });
        const body = path.endsWith('/token/generate')
          ? { data: { accessToken: 'token-1', ttlSeconds: 300 } }
          : path.endsWith('/jwks.json')
            ? { keys: [] }
            : pageBody(1, 0, 1);
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      closing.push(() => {
        server.close();
        server.closeAllConnections();
      });
      const host = `localhost:${(server.address() as AddressInfo).port}`;
      return { url: `https://${host}`, host, asked };
    };
  });
