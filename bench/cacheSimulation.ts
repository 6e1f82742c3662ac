import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { ANY_AGE } from '../src/cache/clientControl.ts';
import { MemoryStore } from '../src/cache/memory/memoryStore.ts';
import { CacheNames } from '../src/cache/names.ts';
import { PageCache } from '../src/cache/pageCache.ts';
import { emptyCacheStats } from '../src/cache/stats.ts';
import { parseConfig } from '../src/config/config.ts';
import { UNSET_DATA_SCOPE } from '../src/model/dataScope.ts';
import { CustomerIdentifier } from '../src/model/identifier.ts';
import { KeyedHash } from '../src/model/keyedHash.ts';
import { PromotionIds } from '../src/model/promotionIds.ts';
import type { PromotionsQuery } from '../src/model/promotionsQuery.ts';
import { startGateway } from '../src/start/gateway.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { noCredentials } from '../src/upstream/credentials/credentials.ts';
import { readPage } from '../src/upstream/payload/response.ts';

/**
 * `node bench/cacheSimulation.ts` measures how many calls the cache saves with events, and how old a response can be after an
 * event. Customers are requested by a Zipf distribution, and 2 % of the operations are followed by an event of their customer.
 * The shares come from an hour of the cache on a simulated clock. The ages come from two gateways with one Redis (Debian's
 * redis-server) in real time.
 */
const CUSTOMERS = 100_000;
const EVENTS = 0.02;
const PER_SECOND = 1000;
const HOUR_SECONDS = 3600;
const GATEWAY_OPERATIONS = Number(process.argv[2] ?? 10_000);

/** Draws customers 0 to CUSTOMERS - 1, the k-th with a probability proportional to 1 / k. */
function zipf(): () => number {
  const upTo = new Float64Array(CUSTOMERS);
  let sum = 0;
  for (let k = 0; k < CUSTOMERS; k++) {
    sum += 1 / (k + 1);
    upTo[k] = sum;
  }
  return () => {
    const drawn = Math.random() * sum;
    let [low, high] = [0, CUSTOMERS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) < drawn) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const mobileOf = (customer: number) => String(910_000_000_000 + customer);
const bodyOf = (customer: number, version: number) =>
  JSON.stringify({
    pageDetails: { pageNumber: 0, pageSize: 1, totalEntries: 1, pageCount: 1 },
    customerId: customer + 1,
    promotions: [{ promotionId: 1, promotionName: String(version) }],
    warnings: [],
  });

/** The share of an hour's operations that need no call, beginning with an empty cache. */
async function shareWithoutCall(ttlSeconds: number): Promise<number> {
  const hash = new KeyedHash(Buffer.alloc(32));
  const credentials = noCredentials(hash);
  const promotionIds = new PromotionIds(hash, hash);
  const window = { offset: 0, limit: 1 };
  const cache = new PageCache({
    upstream: {
      call: async ({ identifier }, _window, { asOf }) => {
        const body = Buffer.from(bodyOf(Number(identifier.revealCanonical()) - 910_000_000_000, 0));
        const page = readPage(body, window, () => '');
        return { kind: 'page', page, body, asOf, startedAt: performance.now() };
      },
    },
    promotionIds,
    names: new CacheNames([hash]),
    lifetimes: { ttlMs: ttlSeconds * 1000, staleMs: 0, notFoundMs: 0 },
    store: new MemoryStore(1024 ** 3, 60_000),
    renewalMs: 1000,
    recentMs: 60_000,
  });
  const queryOf = (identifier: CustomerIdentifier): PromotionsQuery => ({
    identifier,
    source: 'INSTORE',
    dataScope: UNSET_DATA_SCOPE,
    status: null,
    includeAlternateCurrencyUsage: false,
  });
  const signal = new AbortController().signal;
  const stats = { made: 0, deduplicated: 0, queued: 0, retried: 0 };
  const startTrace = () => ({ traceId: undefined, headers: {}, end: () => {} });
  const call = {
    credentials,
    caller: 'simulation',
    callerGroup: 'simulation',
    requestId: '1',
    signal,
    stats,
    control: ANY_AGE,
    startTrace,
  };
  const draw = zipf();
  const realNow = Date.now;
  let now = realNow();
  let hits = 0;
  Date.now = () => now;
  try {
    for (let i = 0; i < PER_SECOND * HOUR_SECONDS; i++) {
      now += 1000 / PER_SECOND;
      const customer = draw();
      const identifier = CustomerIdentifier.of('MOBILE', mobileOf(customer));
      const cacheStats = emptyCacheStats();
      await cache.fetchPage(queryOf(identifier), window, { ...call, cacheStats });
      hits += cacheStats.hits;
      if (Math.random() < EVENTS) await cache.customerChanged([CustomerIdentifier.of('ID', String(customer + 1))]);
    }
  } finally {
    Date.now = realNow;
  }
  return hits / (PER_SECOND * HOUR_SECONDS);
}

type Answer = { readonly data?: { customer?: { promotions?: { items: { name: string }[] } | null } | null } | null };

type Ages = {
  readonly operations: number;
  readonly failed: number;
  readonly outdated: number;
  readonly greatestMs: number;
};

/** The longest time after an acknowledged event in which a response was still older than it, at two gateways. */
async function agesAfterEvents(): Promise<Ages> {
  const versions = new Uint32Array(CUSTOMERS);
  const upstream = createServer((request, response) => {
    const mobile = new URL(request.url ?? '/', 'http://upstream').searchParams.get('identifierValue');
    const customer = Number(mobile) - 910_000_000_000;
    response.setHeader('content-type', 'application/json');
    response.end(bodyOf(customer, versions[customer] ?? 0));
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const redis = spawn('redis-server', ['--port', '4899', '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' });
  await wait(1000);
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const token = randomUUID();
  const config = parseConfig({
    PORT: '0',
    UPSTREAM_URL: url,
    REDIS_URL: 'redis://127.0.0.1:4899',
    CACHE_SECRET: randomUUID(),
    CACHE_TTL_SECONDS: String(HOUR_SECONDS),
    EVENTS_TOKEN: token,
    // Clients, gateways and upstream share one thread here.
    UPSTREAM_QUEUE_MS: '8000',
  });
  const start = () => startGateway(config, { url, sandbox: false }, createLogger('silent', 'json'));
  const gateways = [await start(), await start()] as const;
  const any = () => gateways[Math.random() < 0.5 ? 0 : 1].url;
  const post = (to: string, body: object, headers: object) =>
    fetch(to, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const draw = zipf();
  const acknowledged = new Map<number, { readonly version: number; readonly at: number }>();
  let [failed, outdated, greatestMs] = [0, 0, 0];
  const client = async () => {
    for (let i = 0; i < GATEWAY_OPERATIONS / 16; i++) {
      const customer = draw();
      const event = acknowledged.get(customer);
      const askedAt = performance.now();
      const query = `{ customer(identifier: { name: MOBILE, value: "${mobileOf(customer)}" }, source: INSTORE) { promotions(limit: 1) { items { name } } } }`;
      const response = await post(any(), { query }, { authorization: 'Basic dGlsbDp4' });
      const { data } = (await response.json()) as Answer;
      const name = data?.customer?.promotions?.items[0]?.name;
      if (name === undefined) {
        failed++;
        continue;
      }
      if (event !== undefined && Number(name) < event.version) {
        outdated++;
        greatestMs = Math.max(greatestMs, askedAt - event.at);
      }
      if (Math.random() < EVENTS) {
        const version = (versions[customer] ?? 0) + 1;
        versions[customer] = version;
        const body = { eventName: 'pointsRedeemed', data: { customerIdentifiers: { customerId: customer + 1 } } };
        const { status } = await post(new URL('/events', any()).href, body, { 'x-events-token': token });
        if (status === 202) acknowledged.set(customer, { version, at: performance.now() });
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  await Promise.all(gateways.map((gateway) => gateway.close()));
  redis.kill();
  upstream.close();
  return { operations: GATEWAY_OPERATIONS, failed, outdated, greatestMs };
}

const { operations, failed, outdated, greatestMs } = await agesAfterEvents();
console.log(
  `Two gateways with Redis, ${operations} operations, ${failed} failed: ${outdated} answers older than an acknowledged event,`,
);
console.log(`  the greatest age of a response after an event was ${Math.round(greatestMs)} ms`);
console.log(`${CUSTOMERS} customers, ${PER_SECOND} operations a second for an hour, 2 % followed by an event:`);
for (const ttlSeconds of [HOUR_SECONDS, 600, 60]) {
  const share = await shareWithoutCall(ttlSeconds);
  console.log(`  TTL ${ttlSeconds} s: ${(share * 100).toFixed(1)} % of operations needed no call`);
}
