import { ConfigError } from './configError.ts';
import { configErrorOf, httpUrl } from './fields.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** OpenTelemetry's own variables for where the collector is. Either turns traces on, and the exporter itself reads them. */
export const COLLECTOR_VARIABLES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const;

/** Standard variables of which the gateway knows only these values. The exporter would ignore any other. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  OTEL_TRACES_EXPORTER: ['otlp', 'none'],
  OTEL_METRICS_EXPORTER: ['none'],
  OTEL_LOGS_EXPORTER: ['none'],
  OTEL_EXPORTER_OTLP_PROTOCOL: ['http/json'],
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: ['http/json'],
  OTEL_PROPAGATORS: ['tracecontext'],
  OTEL_SDK_DISABLED: ['true', 'false'],
  OTEL_TRACES_SAMPLER: [
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ],
};

/** Standard variables that are numbers, and their maximum. For anything else the SDK would use its default, such as to trace all. */
const NUMBERS: Readonly<Record<string, number>> = {
  OTEL_TRACES_SAMPLER_ARG: 1,
  OTEL_EXPORTER_OTLP_TIMEOUT: 600_000,
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: 600_000,
};

/** Standard variables of a whole SDK, which the gateway does not have. */
const UNKNOWN = ['OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE', 'OTEL_LOG_LEVEL', 'OTEL_NODE_RESOURCE_DETECTORS'];

/**
 * Whether traces are sent: if a collector is named, and neither OTEL_SDK_DISABLED nor OTEL_TRACES_EXPORTER turns them off.
 * @throws ConfigError for a standard variable that would then have no effect
 */
export function tracingFrom(env: Environment): boolean {
  const collectors = COLLECTOR_VARIABLES.filter((name) => isSet(env[name]));
  if (collectors.length === 0) return false;
  for (const name of collectors) refuseNoUrl(name, env[name]);
  for (const [name, known] of Object.entries(ONLY)) {
    const value = env[name];
    if (isSet(value) && !known.includes(value)) {
      throw new ConfigError(name, 'The gateway ignores this value.', `Set it to ${known.join(' or ')}, or unset it.`);
    }
  }
  for (const [name, max] of Object.entries(NUMBERS)) {
    const value = env[name];
    if (isSet(value) && !(/^[\d.]+$/.test(value) && Number(value) <= max)) {
      throw new ConfigError(name, `"${value}" is not a number from 0 to ${max}.`, 'Set one, or unset it.');
    }
  }
  const unknown = UNKNOWN.find((name) => isSet(env[name]));
  if (unknown !== undefined) throw new ConfigError(unknown, 'The gateway ignores this variable.', 'Unset it.');
  return env.OTEL_SDK_DISABLED !== 'true' && env.OTEL_TRACES_EXPORTER !== 'none';
}

function refuseNoUrl(name: string, value: string | undefined): void {
  const { error } = httpUrl('http://collector:4318').safeParse(value);
  if (error !== undefined) throw configErrorOf(error, name);
}

/** An empty variable counts as unset. */
function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
