import { readFileSync } from 'node:fs';

type Panel = { readonly title: string; readonly targets?: readonly { readonly expr: string }[] };

type Variable = { readonly name: string; readonly allValue?: string };

type Dashboard = { readonly templating: { readonly list: readonly Variable[] }; readonly panels: readonly Panel[] };

/** The queries of the dashboard, as Grafana sends them if `All` is selected everywhere. */
export function dashboardQueries(): string[] {
  const { templating, panels }: Dashboard = JSON.parse(readFileSync('deploy/monitoring/dashboard.json', 'utf8'));
  const selectAll = (query: string) =>
    templating.list.reduce((selected, { name, allValue = '' }) => selected.replaceAll(`$${name}`, allValue), query);
  return panels
    .flatMap(({ targets = [] }) => targets)
    .map(({ expr }) => selectAll(expr.replaceAll('$__rate_interval', '10s')));
}
