import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { A_MINUTE, eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/process.ts';

/** A load balancer with the configuration in `deploy`, except for addresses and shorter times. */
export type LoadBalancer = {
  readonly url: string;
  /** Resolves once it sends requests to every instance. */
  allUp(): Promise<void>;
  /** The lines of its access log. */
  log(): string[];
  close(): Promise<void>;
};

/**
 * haproxy, which checks every 300 ms if each instance is ready.
 * @param retries false never sends a request a second time, so that a request that an instance refuses or cuts off fails
 */
export async function startHaproxy(ports: readonly number[], { retries = true } = {}): Promise<LoadBalancer> {
  const [port, statistics] = [await freePort(), await freePort()];
  const servers = ports.map((each, index) => `  server gateway-${index} 127.0.0.1:${each}`);
  const configuration = readFileSync('deploy/compose/haproxy.cfg', 'utf8')
    .replace(/^ {2}server-template .*$/m, servers.join('\n'))
    .replace(/^resolvers .*\n(?: {2}.*\n)+/m, '')
    .replace(/^ {2}retry-on .*$/m, (line) => (retries ? line : '  retries 0'))
    .replace('inter 1s', 'inter 300ms')
    .replace('bind :4000', `bind 127.0.0.1:${port}`)
    .replace('bind :8404', `bind 127.0.0.1:${statistics}`);
  const proxy = run('haproxy', configuration, (path) => ['-f', path, '-db']);
  return {
    url: `http://127.0.0.1:${port}`,
    async allUp() {
      const up = async () => {
        const response = await fetch(`http://127.0.0.1:${statistics}/;csv`).catch(() => undefined);
        return (await response?.text())?.match(/^gateways,gateway-.*,UP,/gm)?.length;
      };
      await eventually('gateways that are up', up, ports.length, A_MINUTE);
    },
    log: () => linesOf(proxy.output()),
    close: proxy.close,
  };
}

/** nginx, which notices that an instance is gone when it connects to it. */
export async function startNginx(ports: readonly number[]): Promise<LoadBalancer> {
  const port = await freePort();
  const servers = ports.map((each) => `  server 127.0.0.1:${each} max_fails=1 fail_timeout=2s;`);
  const gateways = readFileSync('deploy/nginx/promotions-gateway.conf', 'utf8')
    .replace(/(^ {2}server 10\..*\n)+/m, `${servers.join('\n')}\n`)
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('/var/log/nginx/', '');
  const configuration = `
    daemon off;
    worker_processes 2;
    error_log stderr crit;
    events {}
    http {
      ${gateways}
    }`;
  const proxy = run('nginx', configuration, (path, folder) => ['-p', folder, '-c', path, '-g', `pid ${folder}/pid;`]);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async allUp() {
      const status = async () => (await fetch(url).catch(() => undefined))?.status;
      await eventually('the status of a path that is not the API', status, 404);
    },
    log: () => linesOf(readFileSync(join(proxy.folder, 'promotions-gateway.log'), 'utf8')),
    close: proxy.close,
  };
}

const linesOf = (log: string): string[] => log.split('\n').filter((line) => line !== '');

function run(program: string, configuration: string, args: (path: string, folder: string) => string[]) {
  const folder = mkdtempSync(join(tmpdir(), `${program}-`));
  const path = join(folder, 'configuration');
  writeFileSync(path, configuration);
  const child = spawn(program, args(path, folder), { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  return {
    folder,
    output: () => output,
    async close() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Each load balancer of deploy/, by its name. */
export const PROXIES = [
  ['haproxy', startHaproxy],
  ['nginx', startNginx],
] as const;
