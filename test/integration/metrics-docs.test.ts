import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { EVENTS_TOKEN, postEvent } from '../support/events.ts';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { documentedMetrics, OPERATING_PAGE } from '../support/operatingPage.ts';
import { json, pageBody } from '../support/upstream.ts';

test('docs/operating.md lists exactly the metrics of /metrics, by name and type', async ({ startGateway }) => {
  const gateway = await startGateway({ METRICS: 'true' });
  const served = [...(await gateway.metrics()).matchAll(/^# TYPE (\S+ \S+)$/gm)].map(([, metric]) => metric);
  const listed = [...OPERATING_PAGE.matchAll(/^\| `([a-z0-9_]+)` \| (counter|gauge|histogram|summary) \|/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  expect(listed.toSorted()).toEqual(served.toSorted());
});

test('docs/operating.md lists the labels of each metric of the gateway', async ({ startGateway, upstream }) => {
  const gateway = await startGateway({
    METRICS: 'true',
    CACHE_TTL_SECONDS: '60',
    EVENTS_TOKEN,
    PERSISTED_OPERATIONS: manifestOf(`query Offers { ${customer('promotions { items { id } }')} }`),
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_OAUTH_KEY: 'the-key',
    UPSTREAM_OAUTH_SECRET: 'the-secret',
    AUTH_ALLOW_ANONYMOUS: 'true',
  });
  upstream.reply((call, response) =>
    call.method === 'POST'
      ? json({ data: { accessToken: 'token-1', ttlSeconds: 300 } })(call, response)
      : json({ ...pageBody(0, 0, 10), promotions: [{ promotionId: 1, pointsOfferType: 'NEW' }] })(call, response),
  );
  await gateway.post({ documentId: 'offers' }, {});
  await postEvent(gateway.origin, {});
  await gateway.logs.operations(1);

  const text = await gateway.metrics();
  for (const { name, labels } of documentedMetrics()) {
    const samples = [...text.matchAll(new RegExp(`^${name}(?:_count)?(?:\\{(.*)\\})? `, 'gm'))];
    const shown = samples.flatMap(([, list = '']) => [...list.matchAll(/(\w+)="/g)].map(([, label]) => label));
    expect([name, ...new Set(shown)].toSorted()).toEqual([name, ...labels].toSorted());
  }
});

/** The path of a manifest with this document as `offers`. */
function manifestOf(body: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const operations = [{ id: 'offers', name: 'Offers', type: 'query', body }];
  const path = join(folder, 'manifest.json');
  writeFileSync(path, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }));
  return path;
}
