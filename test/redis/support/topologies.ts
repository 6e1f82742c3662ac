import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { A_MINUTE, eventually } from '../../support/eventually.ts';
import { freePort, runFirst } from '../../support/process.ts';

/** A server of Redis's. */
export type Server = {
  readonly port: number;
  readonly client: Redis;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
};

/** A folder for what servers read and write, which is removed with them. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'gateway-redis-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts a server with these arguments, and resolves once it answers. */
export async function startServer(folder: string, args: readonly string[] = []): Promise<Server> {
  const port = await freePort();
  const all = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...args];
  const server = spawn('redis-server', all, { stdio: 'ignore' });
  runFirst(server);
  const password = args[args.indexOf('--requirepass') + 1];
  const login = args.includes('--requirepass') && password !== undefined ? { password } : {};
  const client = new Redis(port, '127.0.0.1', { ...login, retryStrategy: () => 20 });
  client.on('error', () => {});
  await eventually(`the client's status at port ${port}`, () => client.status, 'ready');
  return {
    port,
    client,
    async kill() {
      client.disconnect();
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** Starts a Sentinel that knows the master at this port as `gateway`, and requires a password. */
export async function startSentinel(folder: string, masterPort: number, password: string) {
  const port = await freePort();
  const file = join(folder, `sentinel-${port}.conf`);
  writeFileSync(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `requirepass "${password}"`,
      `dir ${folder}`,
      `sentinel monitor gateway 127.0.0.1 ${masterPort} 1`,
      'sentinel down-after-milliseconds gateway 1000',
      'sentinel failover-timeout gateway 5000',
      '',
    ].join('\n'),
  );
  const sentinel = spawn('redis-sentinel', [file], { stdio: 'ignore' });
  const client = new Redis(port, '127.0.0.1', { password, retryStrategy: () => 20 });
  client.on('error', () => {});
  await eventually(`the client's status at port ${port}`, () => client.status, 'ready');
  return {
    port,
    /** The port of the master that it names. */
    async masterPort(): Promise<number> {
      const [, named] = (await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'gateway')) as [string, string];
      return Number(named);
    },
    /** Resolves once it knows so many replicas of the master. */
    async knowsReplicas(count: number): Promise<void> {
      const replicas = async () => ((await client.call('SENTINEL', 'REPLICAS', 'gateway')) as unknown[]).length;
      await eventually('replicas that Sentinel knows', replicas, (known) => known >= count, A_MINUTE);
    },
    async kill() {
      client.disconnect();
      const ended = once(sentinel, 'exit');
      sentinel.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs redis-cli, and fails with what it printed. */
export function redisCli(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('redis-cli', args, { encoding: 'utf8', timeout: 30_000 });
  if (status !== 0) throw new Error(`redis-cli ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** Writes an authority's certificate, and one for 127.0.0.1 that it has signed. */
export function writeCertificates(folder: string) {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '1',
    '-subj',
    '/CN=Test CA',
  );
  openssl('req', ...newKey, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=redis');
  writeFileSync(at('san'), 'subjectAltName=IP:127.0.0.1');
  const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '1', '-extfile', at('san')];
  openssl('x509', '-req', '-in', at('server.csr'), ...signing, '-out', at('server.pem'));
  return { ca: at('ca.pem'), certificate: at('server.pem'), key: at('server.key') };
}
