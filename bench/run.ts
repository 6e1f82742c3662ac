import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import autocannon from 'autocannon';
import { WORKLOADS, type Workload } from './workloads.ts';

/**
 * `npm run bench [seconds]` measures the cost of serving promotions by the gateway, with and without a cache, a plain Apollo
 * Server and the bare REST call, with one upstream. It first compares the responses. It requires Linux, since it reads the CPU time from /proc.
 */
const SECONDS = Number(process.argv[2] ?? 5);
const CONNECTIONS = 16;
/** A server is as fast as it gets after a few thousand operations. */
const WARM_UP = 8000;
const [UPSTREAM_PORT, GATEWAY_PORT, CACHED_PORT, PLAIN_PORT] = [4810, 4811, 4812, 4813];
const UPSTREAM_URL = `http://127.0.0.1:${UPSTREAM_PORT}`;

/** `customers`: how many different requests it gets before they repeat. */
type Target = {
  readonly name: string;
  readonly process: ChildProcess;
  readonly url: string;
  readonly customers: number;
};
type Figures = { cpu: number; perSecond: number; p50: number; p99: number; calls: number; failures: number };

const children: ChildProcess[] = [];

function start(file: string, env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, NODE_ENV: 'production', UPSTREAM_URL, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.push(child);
  return child;
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (
      await fetch(url, { headers: { 'apollo-require-preflight': 'true' } }).then(
        (r) => r.ok,
        () => false,
      )
    )
      return;
    await wait(50);
  }
  throw new Error(`${url} did not respond within 10 seconds`);
}

const CREDENTIALS = { authorization: 'Basic dGVzdDp0ZXN0' };

/** The request for customers whose numbers begin with `prefix`, 10 digits. */
function requestOf({ query, variables, restPath }: Workload, { name, url }: Target, prefix: string) {
  const customerOf = (index: number) => `${prefix}${String(index).padStart(2, '0')}`;
  if (name === 'bare REST') {
    return { method: 'GET' as const, path: restPath?.(customerOf(0)) ?? '/', headers: CREDENTIALS };
  }
  const body = JSON.stringify({ query, variables: variables(customerOf) });
  const headers = { 'content-type': 'application/json', ...CREDENTIALS };
  return { method: 'POST' as const, path: new URL(url).pathname, headers, body };
}

/** Customers that were not requested recently, since calls in flight for the same customer would be shared. */
const MANY = 1_000_000;
/** Customers that are all in the cache soon. */
const FEW = 20;

let asked = 0;
const nextPrefix = ({ customers }: Target) => String(9_100_000_000 + (asked++ % customers));

async function answer(workload: Workload, target: Target): Promise<unknown> {
  const { path, ...request } = requestOf(workload, target, '9174064000');
  const response = await fetch(new URL(path, target.url), request);
  const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
  if (errors !== undefined) throw new Error(`${target.name} failed ${workload.title} with ${JSON.stringify(errors)}`);
  return data;
}

/** The CPU time of a process so far, user and system, in microseconds. */
function cpuOf({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(user) + Number(system)) * 10_000;
}

async function upstreamCalls(): Promise<number> {
  return Number(await (await fetch(`${UPSTREAM_URL}/calls`)).text());
}

async function load(
  workload: Workload,
  target: Target,
  until: { duration: number } | { amount: number },
): Promise<Figures> {
  const first = requestOf(workload, target, nextPrefix(target));
  const [cpu, calls] = [cpuOf(target.process), await upstreamCalls()];
  const result = await autocannon({
    url: new URL(first.path, target.url).href,
    method: first.method,
    headers: first.headers,
    ...('body' in first && { body: first.body }),
    connections: CONNECTIONS,
    ...until,
    setupClient(client) {
      const renew = () => {
        const { body } = { body: undefined, ...requestOf(workload, target, nextPrefix(target)) };
        if (body !== undefined) client.setBody(body);
      };
      renew();
      client.on('response', renew);
    },
  });
  const served = result['2xx'];
  return {
    cpu: (cpuOf(target.process) - cpu) / served,
    perSecond: served / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    calls: ((await upstreamCalls()) - calls) / served,
    failures: result.non2xx + result.errors,
  };
}

async function main(): Promise<void> {
  const upstream = start('bench/upstream.ts', { PORT: String(UPSTREAM_PORT) });
  const gatewayOn = (port: number, env: Record<string, string> = {}) => ({
    process: start('src/main.js', { PORT: String(port), METRICS: 'true', UPSTREAM_CONCURRENCY: '400', ...env }),
    url: `http://127.0.0.1:${port}/graphql`,
  });
  const targets: Target[] = [
    { name: 'bare REST', process: upstream, url: UPSTREAM_URL, customers: MANY },
    {
      name: 'plain Apollo Server',
      process: start('bench/plain.ts', { PORT: String(PLAIN_PORT) }),
      url: `http://127.0.0.1:${PLAIN_PORT}/`,
      customers: MANY,
    },
    { name: 'gateway', ...gatewayOn(GATEWAY_PORT), customers: MANY },
    { name: 'gateway, from its cache', ...gatewayOn(CACHED_PORT, { CACHE_TTL_SECONDS: '600' }), customers: FEW },
  ];
  await ready(`${UPSTREAM_URL}/calls`);
  const [, plain, gateway, cached] = targets;
  if (plain === undefined || gateway === undefined || cached === undefined) return;
  for (const { url } of [plain, gateway, cached]) await ready(`${url}?query=%7B__typename%7D`);

  console.log(
    `\nOne ${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}, ${CONNECTIONS} connections, ${SECONDS} s each.`,
  );
  console.log('CPU is that of the server. For the bare REST call it is that of upstream.\n');
  console.log('| workload | server | CPU µs/op | op/s | p50 ms | p99 ms | upstream calls/op | failures |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  const [simplest] = WORKLOADS;
  for (const target of [plain, gateway, cached]) if (simplest) await load(simplest, target, { amount: WARM_UP });
  for (const workload of WORKLOADS) {
    if (!isDeepStrictEqual(await answer(workload, plain), await answer(workload, gateway))) {
      throw new Error(`The responses to "${workload.title}" differ.`);
    }
    for (const target of targets) {
      if (target.name === 'bare REST' && workload.restPath === undefined) continue;
      await load(workload, target, { duration: Math.min(3, SECONDS) });
      const { cpu, perSecond, p50, p99, calls, failures } = await load(workload, target, { duration: SECONDS });
      console.log(
        `| ${workload.title} | ${target.name} | ${cpu.toFixed(0)} | ${perSecond.toFixed(0)} | ${p50} | ${p99} | ${calls.toFixed(2)} | ${failures} |`,
      );
    }
  }
}

try {
  await main();
} finally {
  for (const child of children) child.kill();
}
