import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

test('docs/operating.md finds the callers that made the most lookups in a log', () => {
  const [, recipe = ''] = /```sh\n(jq .*?)```/s.exec(readFileSync('docs/operating.md', 'utf8')) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const line = (caller: string, upstreamCalls: number, operation: string | null = 'Offers') => ({
    msg: 'operation',
    caller,
    operation,
    upstreamCalls,
  });
  const few = Array.from({ length: 12 }, (_, index) => line(`key-${index}`, 1));
  const lines = [
    { msg: 'started' },
    line('till', 2),
    ...few,
    line('crm', 9, null),
    line('till', 3),
    line('till', 4, 'Totals'),
  ];
  // `docker logs` and `kubectl logs` have stderr too, where Node's warnings are text.
  const log = ['(node:1) Warning: text', ...lines.map((each) => JSON.stringify(each))];
  writeFileSync(join(folder, 'gateway.log'), log.map((each) => `${each}\n`).join(''));
  const found = JSON.parse(execFileSync('sh', ['-c', recipe], { cwd: folder, encoding: 'utf8' }));
  expect(found).toHaveLength(10);
  expect(found.slice(0, 3)).toEqual([
    { caller: 'crm', client: null, operation: null, calls: 9 },
    { caller: 'till', client: null, operation: 'Offers', calls: 5 },
    { caller: 'till', client: null, operation: 'Totals', calls: 4 },
  ]);
});
