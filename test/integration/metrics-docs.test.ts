import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { test } from '../support/fixture.ts';

const PAGE = readFileSync('docs/operating.md', 'utf8');

test('docs/operating.md lists every metric of /metrics by name and type, and no other', async ({ startGateway }) => {
  const gateway = await startGateway({ METRICS: 'true' });
  const served = [...(await gateway.metrics()).matchAll(/^# TYPE (\S+ \S+)$/gm)].map(([, metric]) => metric);
  const listed = [...PAGE.matchAll(/^\| `([a-z0-9_]+)` \| (counter|gauge|histogram|summary) \|/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  expect(listed.toSorted()).toEqual(served.toSorted());
});

test('docs/operating.md names the labels of each metric of the gateway', async ({ startGateway, upstream }) => {
  const gateway = await startGateway({ METRICS: 'true' });
  expect(upstream.calls).toEqual([]);
  const text = await gateway.metrics();
  for (const [, name = '', labels = ''] of PAGE.matchAll(/^\| `(gateway_[a-z_]+)` \| [a-z]+ \| ([^|]*) \|/gm)) {
    const documented = new Set([...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label));
    const samples = [...text.matchAll(new RegExp(`^${name}(?:_count|_sum)?\\{(.*)\\} `, 'gm'))];
    for (const [, shown = ''] of samples) {
      expect(new Set([...shown.matchAll(/(\w+)="/g)].map(([, label]) => label))).toEqual(documented);
    }
  }
});

test('docs/operating.md names log lines that the gateway writes', () => {
  const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join('src', path), 'utf8'))
    .join('');
  const messages = [...PAGE.matchAll(/^\| `([^`]+)` \| (?:info|warn|error) \|/gm)].map(([, message = '']) => message);
  expect(messages.length).toBeGreaterThan(5);
  expect(messages.filter((message) => !source.includes(`'${message}'`))).toEqual([]);
});
