// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { A_MINUTE, eventually } from '../support/eventually.ts';
import { test as base } from '../support/fixture.ts';
import { freePort, type GatewayProgram, runFirst, startGatewayProgram } from '../support/process.ts';
import { cacheOf, idsOf, someone } from '../support/questions.ts';
import { askGateway, stopAll, useRedis } from './support/gateways.ts';
import { expectSharedCounts } from './support/sharedCounts.ts';
import {
  redisCli,
  type Server,
  startSentinel,
  startServer,
  temporaryFolder,
  writeCertificates,
} from './support/topologies.ts';

const SETTINGS = {
  LOG_FORMAT: 'json',
  CACHE_TTL_SECONDS: '600',
  CACHE_SECRET: 'a secret that only these gateways know',
  UPSTREAM_REQUESTS_PER_MINUTE: '100000',
  UPSTREAM_INSTANCES: '2',
  RATE_LIMIT_PER_MINUTE: '100000',
};

const SENTINEL_PASSWORD = 'only for Sentinel';

/** The permissions of the user that docs/deployment.md shows. */
const [, PERMISSIONS = ''] =
  /^ACL SETUSER gateway on >password (.*)$/m.exec(readFileSync('docs/deployment.md', 'utf8')) ?? [];
const USER = ['gateway', 'on', '>password', ...PERMISSIONS.split(' ')];

/** What ends with each test: what was started last ends first. */
const test = base
  .extend('ends', async ({}, { onCleanup }) => {
    const ends: (() => unknown)[] = [];
    onCleanup(async () => {
      for (const end of ends.reverse()) await end();
    });
    return ends;
  })
  .extend('folder', ({ ends }) => {
    const { path, remove } = temporaryFolder();
    ends.push(remove);
    return path;
  })
  .extend('startPair', ({ upstream, ends }) => async (env: Record<string, string>) => {
    const start = async () => {
      const gateway = await startGatewayProgram({ ...SETTINGS, UPSTREAM_URL: upstream.url, ...env });
      runFirst(gateway.program.child);
      return gateway;
    };
    const pair = await Promise.all([start(), start()]);
    ends.push(() => stopAll(pair));
    return pair;
  })
  .extend('startServer', ({ folder, ends }) => async (args: readonly string[] = []): Promise<Server> => {
    const server = await startServer(folder, args);
    ends.push(() => server.kill());
    return server;
  });

/** Resolves once a page that one gateway fetched is served by the other. */
async function shareAgain([one, other]: readonly [GatewayProgram, GatewayProgram]): Promise<void> {
  const stateAtTheOther = async () => {
    const mobile = someone();
    await askGateway(one, { mobile });
    return cacheOf(await askGateway(other, { mobile })).state;
  };
  await eventually("the other gateway's cache state", stateAtTheOther, 'HIT', A_MINUTE);
}

const answersRight = async (gateway: GatewayProgram) => {
  const answer = await askGateway(gateway, { mobile: someone() });
  expect(answer.errors).toBe(undefined);
  expect(idsOf(answer)).toHaveLength(10);
};

const logged = ({ program }: GatewayProgram, text: string | RegExp) => program.printed(new RegExp(text));

// On a machine that stands still for two seconds, Sentinel does nothing for the next 30.
test('A load continues without an error while Sentinel makes a replica the master', { timeout: 150_000 }, async ({
  upstream,
  folder,
  ends,
  startServer,
  startPair,
}) => {
  const master = await startServer();
  await startServer(['--replicaof', '127.0.0.1', String(master.port)]);
  const sentinel = await startSentinel(folder, master.port, SENTINEL_PASSWORD);
  ends.push(() => sentinel.kill());
  await sentinel.knowsReplicas(1);
  const redis = {
    REDIS_URL: `redis+sentinel://127.0.0.1:${sentinel.port}/gateway?sentinelPassword=${encodeURIComponent(SENTINEL_PASSWORD)}`,
  };
  await expectSharedCounts(startPair, redis, upstream);
  const pair = await startPair(redis);
  await shareAgain(pair);
  let loading = true;
  let answered = 0;
  const client = async (index: 0 | 1) => {
    for (; loading; answered++) {
      await answersRight(pair[index]);
    }
  };
  const load = Promise.all([client(0), client(1), client(0), client(1)]);
  const more = (count: number) => {
    const enough = answered + count;
    return eventually(
      'operations of the load',
      () => answered,
      (count) => count >= enough,
      A_MINUTE,
    );
  };
  await more(20);
  await master.kill();
  await eventually("the master's port", sentinel.masterPort, (port) => port !== master.port, A_MINUTE);
  await more(20);
  await shareAgain(pair);
  loading = false;
  await load;
  for (const gateway of pair) {
    await logged(gateway, '"dependency":"Redis","cause":".+dependency is failing');
    await logged(gateway, '"dependency":"Redis".*dependency works again');
  }
});

test('Gateways share everything in a cluster of six, also after one of its masters is lost', async ({
  upstream,
  startServer,
  startPair,
}) => {
  const nodes: Server[] = [];
  for (let i = 0; i < 6; i++) {
    // The nodes talk to each other at a port of their own. On a busy machine each is silent for a second or two.
    const settings = { enabled: 'yes', port: await freePort(), 'config-file': `nodes-${i}.conf`, 'node-timeout': 5000 };
    nodes.push(
      await startServer(Object.entries(settings).flatMap(([name, value]) => [`--cluster-${name}`, String(value)])),
    );
  }
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  redisCli('--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes');
  const states = () =>
    Promise.all(nodes.map(async ({ client }) => /cluster_state:\w+/.exec(await client.cluster('INFO'))?.[0]));
  await eventually('the state of the cluster at each node', states, Array(6).fill('cluster_state:ok'), A_MINUTE);
  for (const { client } of nodes) await client.call('ACL', 'SETUSER', ...USER, '+cluster');
  const redis = {
    REDIS_URL: `redis+cluster://gateway:password@${addresses[5]},${addresses[4]}`,
  };
  await expectSharedCounts(startPair, redis, upstream);
  const pair = await startPair(redis);
  await shareAgain(pair);
  for (const { client } of nodes) expect(await client.acl('LOG')).toEqual([]);
  const roles = async () => (await nodes[0]?.client.info('replication'))?.match(/^(role|connected_slaves):\w+/gm);
  await eventually('a master with a replica', roles, ['role:master', 'connected_slaves:1'], A_MINUTE);
  const replicaOf = new RegExp(`^master_port:${nodes[0]?.port}\\r$`, 'm');
  const replications = await Promise.all(nodes.map(({ client }) => client.info('replication')));
  const replica = nodes[replications.findIndex((replication) => replicaOf.test(replication))];
  await nodes[0]?.kill();
  await Promise.all(pair.map(answersRight));
  // An election among the nodes may fail, and is repeated much later.
  expect(await replica?.client.cluster('FAILOVER', 'TAKEOVER')).toBe('OK');
  for (let i = 0; i < 20; i++) for (const gateway of pair) await answersRight(gateway);
  await useRedis(pair);
  await shareAgain(pair);
});

test('With TLS by a private authority and the user of docs/deployment.md, gateways share everything', async ({
  folder,
  startServer,
  startPair,
}) => {
  const { ca, certificate, key } = writeCertificates(folder);
  const tlsPort = await freePort();
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', ca];
  const server = await startServer(['--tls-port', String(tlsPort), ...files, '--tls-auth-clients', 'no']);
  await server.client.call('ACL', 'SETUSER', ...USER);
  // Without a name, nobody can log in any more.
  await server.client.call('ACL', 'SETUSER', 'default', 'resetpass');
  const url = `rediss://gateway:password@127.0.0.1:${tlsPort}`;
  const pair = await startPair({ REDIS_URL: url, REDIS_CA_FILE: ca });
  await shareAgain(pair);
  expect(await server.client.acl('LOG')).toEqual([]);
  const [stranger] = await startPair({ REDIS_URL: url });
  await answersRight(stranger);
  await logged(stranger, '"cause":"(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)"');
});

test('The log names a password that Redis refuses, and responses are right without Redis', async ({
  startServer,
  startPair,
}) => {
  const server = await startServer(['--requirepass', 'right']);
  const [gateway] = await startPair({ REDIS_URL: `redis://:wrong@127.0.0.1:${server.port}` });
  await answersRight(gateway);
  await logged(gateway, '"cause":"it refuses the user or the password \\(WRONGPASS\\)"');
  expect(gateway.program.output()).not.toContain('wrong@');
});

test('The log names a full Redis that refuses writes, and gateways use it again once it has room', async ({
  startServer,
  startPair,
}) => {
  const server = await startServer(['--maxmemory-policy', 'noeviction']);
  const pair = await startPair({ REDIS_URL: `redis://127.0.0.1:${server.port}` });
  await shareAgain(pair);
  await server.client.config('SET', 'maxmemory', '1');
  for (const gateway of pair) {
    for (let i = 0; i < 10; i++) await answersRight(gateway);
    await logged(gateway, '"cause":"it is full and refuses writes \\(OOM\\)"');
  }
  await server.client.config('SET', 'maxmemory', '0');
  await shareAgain(pair);
  for (const gateway of pair) await logged(gateway, '"dependency":"Redis".*dependency works again');
  for (const { program } of pair)
    expect(program.output().match(/\(OOM\)","msg":"dependency is failing/g)).toHaveLength(1);
});

test('Of a Redis without the database of REDIS_URL, no other database is used', async ({ startServer, startPair }) => {
  const server = await startServer(['--databases', '2']);
  const pair = await startPair({ REDIS_URL: `redis://127.0.0.1:${server.port}/2` });
  for (const gateway of pair) await logged(gateway, 'no database of the number.*dependency is failing');
  for (const gateway of pair) await answersRight(gateway);
  // Longer than it takes to be told to work again.
  await sleep(6000);
  for (const gateway of pair) await answersRight(gateway);
  expect(await server.client.dbsize()).toBe(0);
  for (const { program } of pair) {
    expect(program.output()).not.toContain('works again');
    expect(program.output().match(/dependency is failing/g)?.length).toBeLessThanOrEqual(2);
  }
});

test('The log names a replica that takes no writes, and gateways use it again once it is a master', async ({
  startServer,
  startPair,
}) => {
  const master = await startServer();
  const replica = await startServer(['--replicaof', '127.0.0.1', String(master.port)]);
  const pair = await startPair({ REDIS_URL: `redis://127.0.0.1:${replica.port}` });
  for (const gateway of pair) {
    for (let i = 0; i < 10; i++) await answersRight(gateway);
    await logged(gateway, '"cause":"it is a replica and refuses writes \\(READONLY\\)"');
  }
  await replica.client.replicaof('NO', 'ONE');
  await shareAgain(pair);
});
