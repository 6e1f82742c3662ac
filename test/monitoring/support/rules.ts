import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

export type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly annotations: Readonly<Record<string, string>>;
};

type RuleFile = { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };

/** How much faster time passes in the tests' rules than in production. */
const FASTER = 30;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

const ruleFile = (): RuleFile => parse(readFileSync('deploy/monitoring/alerts.yaml', 'utf8'));

export const RULES: readonly Rule[] = ruleFile().groups.flatMap(({ rules }) => rules);

/**
 * The rules of deploy/monitoring, as text, but for two things: every duration in them is a thirtieth, and each fault of the
 * tests has a job of its own, `promotions-gateway-<fault>`.
 */
export function scaledRules(): string {
  const { groups } = ruleFile();
  const scaled = groups.map(({ name, rules }) => ({
    name,
    rules: rules.map((rule) => ({
      ...rule,
      expr: scaledDurations(rule.expr).replaceAll('job="promotions-gateway"', 'job=~"promotions-gateway-.+"'),
      ...(rule.for !== undefined && { for: scaledDurations(rule.for) }),
    })),
  }));
  return stringify({ groups: scaled });
}

/** Durations are the only numbers in the rules with a unit behind them. */
function scaledDurations(expression: string): string {
  return expression.replace(
    /\b(\d+)([smh])\b/g,
    (_, count: string, unit: string) => `${(Number(count) * (SECONDS[unit] ?? 1) * 1000) / FASTER}ms`,
  );
}
