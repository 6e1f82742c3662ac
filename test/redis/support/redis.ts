import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { expect } from 'vitest';
import { SCRIPTS } from '../../../src/cache/redisScripts.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort, runFirst } from '../../support/process.ts';

/** A Redis for a test, on a loopback port that stays the same after a restart. */
export type TestRedis = {
  readonly url: string;
  /** A client for tests to read and change values. It reconnects after a restart. */
  readonly client: Redis;
  /** Kills it. */
  kill(): Promise<void>;
  /** Starts it again, empty, unless it is running. */
  start(): Promise<void>;
  /** Keeps its connections but does not respond, until `wake`. */
  freeze(): void;
  wake(): void;
  close(): Promise<void>;
};

export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  let server: ChildProcess | undefined;
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => 20 });
  client.on('error', () => {});

  const isRunning = () => server !== undefined && server.exitCode === null && server.signalCode === null;
  const start = async () => {
    if (isRunning()) return;
    server = spawn('redis-server', args, { stdio: 'ignore', cwd: tmpdir() });
    runFirst(server);
    if (client.status === 'wait') void client.connect().catch(() => {});
    await eventually("the client's status", () => client.status, 'ready');
  };
  const kill = async () => {
    if (server === undefined || !isRunning()) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    await eventually(
      "the client's status",
      () => client.status,
      (status) => status !== 'ready',
    );
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    client,
    kill,
    start,
    freeze: () => server?.kill('SIGSTOP'),
    wake: () => server?.kill('SIGCONT'),
    async close() {
      client.disconnect();
      await kill();
    },
  };
}

/** Records the commands that read the cache that Redis gets from now on: not those that store, nor those that scripts run. */
export async function recordCacheCommands({ client }: TestRedis) {
  const monitor = await client.monitor();
  const commands: string[] = [];
  const marks = new Set<string>();
  const storing = createHash('sha1').update(SCRIPTS.cacheSet).digest('hex');
  monitor.on('monitor', (_time: string, args: readonly string[], source: string) => {
    if (args[0]?.toLowerCase() === 'echo') marks.add(args[1] ?? '');
    else if (source !== 'lua' && args[1] !== storing && args.some((arg) => arg.includes('{cache}')))
      commands.push(args[0] ?? '');
  });
  return {
    /** All commands that Redis has got so far. */
    async seen(): Promise<readonly string[]> {
      const mark = randomUUID();
      await client.echo(mark);
      await eventually('the mark is seen', () => marks.has(mark), true);
      return [...commands];
    },
    close: () => monitor.disconnect(),
  };
}

/** All names and values in Redis. */
export async function contentsOf({ client }: TestRedis): Promise<string> {
  const entries: unknown[] = [];
  for (const key of await client.keys('*')) {
    entries.push(key, await contentOf(client, key));
  }
  return JSON.stringify(entries);
}

async function contentOf(client: Redis, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case 'hash':
      return client.hgetall(key);
    case 'set':
      return client.smembers(key);
    case 'zset':
      return client.zrangebyscore(key, '-inf', '+inf');
    default:
      return client.get(key);
  }
}

/** The only page in Redis: its key, its index of one line, its version, and when it was asked for, in microseconds. */
export async function onlyPage({ client }: TestRedis) {
  const keys = await client.keys('*:page:*');
  expect(keys).toHaveLength(1);
  const [key = ''] = keys;
  const index = (await client.hget(key, 'index')) ?? '';
  const [offset, limit, inside, version = '', asOf, marks] = index.split(' ');
  return {
    key,
    index,
    version,
    asOf: Number(asOf),
    /** Changes the time in the index only. */
    changeTime: (time: number) => client.hset(key, 'index', [offset, limit, inside, version, time, marks].join(' ')),
  };
}

/** How many bytes Redis has sent to all clients. */
export async function sentBytes({ client }: TestRedis): Promise<number> {
  return Number(/total_net_output_bytes:(\d+)/.exec(await client.info('stats'))?.[1]);
}
