import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

type Rule = { alert: string; annotations: Record<string, string> };

const RUNBOOK = readFileSync('docs/runbook.md', 'utf8');
const RULES: Rule[] = parse(readFileSync('deploy/monitoring/alerts.yaml', 'utf8')).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
);
const ALERTS = RULES.map(({ alert }) => alert);
const ENTRIES = new Map(
  [...RUNBOOK.matchAll(/^## (\w+)\n(.*?)(?=^## |$(?![\s\S]))/gms)].map(([, name = '', entry = '']) => [name, entry]),
);

test('Every alert has an entry in docs/runbook.md, and every entry an alert', () => {
  expect([...ENTRIES.keys()].sort()).toEqual(ALERTS.toSorted());
});

test.each([...ENTRIES])('The entry %s explains its meaning, where to look and what to do', (_, entry) => {
  expect([...entry.matchAll(/^\*\*(.*?):\*\* /gm)].map(([, part]) => part)).toEqual(['Means', 'Look at', 'Do']);
});

test.each(RULES.map((rule) => [rule.alert, rule] as const))('%s names its entry and what to do', (alert, rule) => {
  expect(rule.annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
  expect(rule.annotations.summary).toMatch(/^[A-Z].*\.$/);
  expect(rule.annotations.description).toMatch(/\.$/);
});

test('Every link within the runbook leads to an entry', () => {
  const linked = [...RUNBOOK.matchAll(/\(#(\w+)\)/g)].map(([, anchor]) => anchor);
  expect(linked.length).toBeGreaterThan(5);
  const anchors = new Set<string | undefined>(ALERTS.map((alert) => alert.toLowerCase()));
  expect(linked.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});
