import { expect } from 'vitest';
import { attributesOf, type Span } from '../support/collector.ts';
import { outcomeOf, someone } from '../support/questions.ts';
import { test } from './support/fixture.ts';
import { askGateway, startInstance } from './support/gateways.ts';

const SHARED = {
  CACHE_TTL_SECONDS: '60',
  RATE_LIMIT_PER_MINUTE: '100',
  UPSTREAM_REQUESTS_PER_MINUTE: '1000',
  UPSTREAM_INSTANCES: '1',
};

/** The names of an operation's Redis commands, whether they were the first on their connection or not. */
const commandsOf = (spans: readonly Span[], operation: Span | undefined) =>
  spans
    .filter(({ parentSpanId, name }) => parentSpanId === operation?.spanId && name.startsWith('EVAL'))
    .map(({ name }) => name.replace(/^EVAL(SHA)?/, 'EVALSHA'))
    .toSorted();

test("An operation's commands to Redis are child spans of its span, without keys and identifiers", async ({
  upstream,
  redis,
  collector,
}) => {
  const gateway = await startInstance(upstream, redis, { ...SHARED, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const mobile = someone();
  const question = { mobile, debug: false };
  for (let i = 0; i < 2; i++) expect(outcomeOf(await askGateway(gateway, question))).toBe('OK');
  await gateway.program.stop();
  const spans = collector.spans();
  const [missed, cached] = spans.filter(({ kind }) => kind === 2);
  expect(commandsOf(spans, missed)).toEqual([
    'EVALSHA',
    'EVALSHA budgetReserve',
    'EVALSHA cacheGet',
    'EVALSHA cacheSet',
  ]);
  expect(commandsOf(spans, cached)).toEqual(['EVALSHA', 'EVALSHA cacheCurrent']);
  const lookup = spans.find(({ name }) => name === 'EVAL cacheGet');
  expect(lookup).toMatchObject({ kind: 3, traceId: missed?.traceId, status: { code: 0 } });
  expect(lookup && attributesOf(lookup)).toEqual({
    'db.system.name': 'redis',
    'db.operation.name': 'EVAL',
    'db.stored_procedure.name': 'cacheGet',
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(redis.url).port),
  });
  const keys = await redis.client.keys('*');
  expect(keys.length).toBeGreaterThan(2);
  for (const secret of [mobile, ...keys]) expect(collector.text()).not.toContain(secret);
});

test('A command that Redis refuses is a failed span, and its operation is not', async ({
  upstream,
  redis,
  collector,
}) => {
  const gateway = await startInstance(upstream, redis, {
    UPSTREAM_REQUESTS_PER_MINUTE: '1000',
    UPSTREAM_INSTANCES: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  await redis.client.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1');
  expect(outcomeOf(await askGateway(gateway))).toBe('OK');
  await redis.client.config('SET', 'maxmemory', '0');
  await gateway.program.stop();
  const spans = collector.spans();
  const counted = spans.find(({ name }) => name.endsWith(' budgetReserve'));
  expect(counted?.status.code).toBe(2);
  expect(counted && attributesOf(counted)).toMatchObject({ 'error.type': 'OOM', 'db.response.status_code': 'OOM' });
  expect(spans.find(({ kind }) => kind === 2)?.status.code ?? 0).toBe(0);
});
