import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { SECONDS } from '../../src/telemetry/metricSeries.ts';
import { API_KEY_CALLERS, SHOP } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { askEach } from '../support/questions.ts';
import { RULES } from './support/rules.ts';

function promtool(args: readonly string[], input = '') {
  const { stdout, stderr, status } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { output: stdout + stderr, status };
}

test('promtool reports no problem in the metrics', async ({ startGateway }) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, METRICS: 'true', CACHE_TTL_SECONDS: '10' });
  await askEach(gateway, 2, { headers: SHOP });
  await gateway.logs.operations(2);
  expect(promtool(['check', 'metrics'], await gateway.metrics())).toEqual({ output: '', status: 0 });
});

test('promtool reports no problem in the rules', () => {
  const { output, status } = promtool([
    'check',
    'rules',
    '--lint=all',
    '--lint-fatal',
    'deploy/monitoring/alerts.yaml',
  ]);
  expect({ status, output }).toMatchObject({ status: 0 });
});

test('The tests of PromotionsGatewaySlow use the bounds of the histogram, and its threshold is one of them', () => {
  const tests = readFileSync('test/monitoring/alerts.test.yaml', 'utf8');
  const used = [...tests.matchAll(/gateway_operation_duration_seconds_bucket.*le="(.*?)"/g)].map(([, le]) => le);
  const bounds = [...SECONDS.map(String), '+Inf'];
  expect(used).toEqual([...bounds, ...bounds, ...bounds]);
  const threshold = RULES.find(({ alert }) => alert === 'PromotionsGatewaySlow')?.expr.match(
    /^histogram_quantile.* > (\S+)$/m,
  )?.[1];
  expect(SECONDS).toContain(Number(threshold));
});

test('Each alert fires when it should and not before, by the tests of the rules', () => {
  const { output, status } = promtool(['test', 'rules', 'test/monitoring/alerts.test.yaml']);
  expect({ status, output }).toMatchObject({ status: 0 });
});
