import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { customer, type TestGateway } from '../support/gateway.ts';
import { usedBytes } from '../support/usedBytes.ts';

const MB = 1024 * 1024;
/** For the documents that are stored, for what the cache counts, and for the test itself. */
const ROOM = 25 * MB;

/** Sends so many documents, eight at a time, after some others that warm the process up. Returns what they have taken. */
async function growth(gateway: TestGateway, count: number, documentOf: (n: number) => string): Promise<() => number> {
  let sent = 0;
  const send = async (end: number) => {
    while (sent < end) expect((await gateway.post({ query: documentOf(sent++) })).status).toBe(200);
  };
  await Promise.all(Array.from({ length: 8 }, () => send(100)));
  const before = usedBytes();
  await Promise.all(Array.from({ length: 8 }, () => send(100 + count)));
  return () => usedBytes() - before;
}

test('Hundreds of documents with literals stay in memory only up to a few megabytes', async ({ startGateway }) => {
  const gateway = await startGateway({ LOG_LEVEL: 'silent' });
  const places = Array.from({ length: 30 }, (_, i) => customer('id identifier { name value }', `9174${i}@`, `a${i}: `));
  const grown = await growth(gateway, 200, (n) => `{ ${places.join(' ').replaceAll('@', String(n + 1_000_000))} }`);
  await expect.poll(grown, { interval: 500, timeout: 10_000 }).toBeLessThan(ROOM);
});

test('A cached response keeps nothing of its document', async ({ startGateway }) => {
  const gateway = await startGateway({
    LOG_LEVEL: 'silent',
    METRICS: 'true',
    CACHE_TTL_SECONDS: '600',
    CACHE_MAX_MB: '32',
  });
  const grown = await growth(
    gateway,
    1000,
    (n) => `query AnOperationWithALongName { ${customer('customerId')} } #${n} ${'x'.repeat(40_000)}`,
  );
  await expect.poll(() => gateway.metric('gateway_cache_bytes')).toBeGreaterThan(5 * MB);
  await expect.poll(grown, { interval: 500, timeout: 10_000 }).toBeLessThan(ROOM);
});
