import { flag, oneOf, type ValuesOf, wholeNumber } from './fields.ts';

/** Logs, metrics and traces. */
export const TELEMETRY_VARIABLES = {
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
    .default('info')
    .describe('`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`'),
  LOG_FORMAT: oneOf('json', 'pretty')
    .optional()
    .describe('`json` or `pretty`. Unset: `pretty` on a terminal, else `json`'),
  METRICS: flag().default(false).describe("`true` serves `/metrics` on the API's port"),
  METRICS_PORT: wholeNumber(1, 65_535).optional().describe("Port for `/metrics`, if not the API's"),
} as const;

/** What is logged and counted, and where it goes. */
export function telemetryFrom(values: ValuesOf<typeof TELEMETRY_VARIABLES>) {
  return {
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
    metrics: metricsFrom(values),
  };
}

/** Where /metrics is served: nowhere, on the API's port, or on its own port. */
export type MetricsPolicy =
  | { readonly kind: 'off' }
  | { readonly kind: 'shared' }
  | { readonly kind: 'own-port'; readonly port: number };

function metricsFrom({ METRICS, METRICS_PORT }: ValuesOf<typeof TELEMETRY_VARIABLES>): MetricsPolicy {
  if (METRICS_PORT !== undefined) return { kind: 'own-port', port: METRICS_PORT };
  return { kind: METRICS ? 'shared' : 'off' };
}
