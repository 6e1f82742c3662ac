import { readFileSync } from 'node:fs';

type Panel = { readonly title: string; readonly targets?: readonly { readonly expr: string }[] };

/** The queries of the dashboard, as Grafana sends them for all jobs. */
export function dashboardQueries(): string[] {
  const { panels } = JSON.parse(readFileSync('deploy/monitoring/dashboard.json', 'utf8')) as { panels: Panel[] };
  return panels
    .flatMap(({ targets = [] }) => targets)
    .map(({ expr }) => expr.replaceAll('$job', '.+').replaceAll('$__rate_interval', '10s'));
}
