import { z } from 'zod';
import { type DataScope, dataScopeOf, UNSET_DATA_SCOPE } from '../model/dataScope.ts';
import { SOURCES } from '../model/promotionsQuery.ts';
import { Secret } from '../model/redacted.ts';
import { CACHE_VARIABLES, cachePolicyFrom, cacheSecretFrom, redisUrlFrom } from './cache.ts';
import { AUTH_VARIABLES, authFrom, dataScopeAccessFrom } from './callers.ts';
import { ConfigError } from './configError.ts';
import { flag, oneOf, text, wholeNumber } from './fields.ts';
import { withSecretFiles } from './secretFiles.ts';
import { UPSTREAM_VARIABLES, upstreamAuthFrom, upstreamLimitsFrom } from './upstream.ts';

/** Every variable the gateway reads, and nothing else: the README's table is held against this. */
export const VARIABLES = {
  HOST: text().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(4000),
  NODE_ENV: text().default('development'),
  ...UPSTREAM_VARIABLES,
  ...AUTH_VARIABLES,
  ...CACHE_VARIABLES,
  DEFAULT_SOURCE: oneOf(...SOURCES).default('ALL'),
  DEFAULT_DATA_SCOPE: text().optional(),
  MAX_CUSTOMERS: wholeNumber(1, 10_000).default(50),
  MAX_PROMOTIONS: wholeNumber(1, 100_000).default(1000),
  MAX_UPSTREAM_CALLS: wholeNumber(1, 100_000).default(100),
  MAX_DEPTH: wholeNumber(1, 1000).default(12),
  MAX_INTROSPECTION_DEPTH: wholeNumber(1, 1000).default(15),
  MAX_TOKENS: wholeNumber(1, 1_000_000).default(4000),
  MAX_ALIASES: wholeNumber(0, 100_000).default(60),
  MAX_DIRECTIVES: wholeNumber(0, 100_000).default(30),
  MAX_ERRORS: wholeNumber(1, 10_000).default(20),
  MAX_BODY_BYTES: wholeNumber(1024, 100_000_000).default(262_144),
  DEBUG_TOKEN: text().optional(),
  PERSISTED_OPERATIONS: text().optional(),
  COMPILE_OPERATIONS: flag().default(true),
  PLAYGROUND: flag().optional(),
  INTROSPECTION: flag().optional(),
  CORS_ORIGINS: text().optional(),
  RATE_LIMIT_PER_MINUTE: wholeNumber(1, 10_000_000).optional(),
  MAX_IN_FLIGHT: wholeNumber(1, 1_000_000).default(1000),
  MAX_EVENT_LOOP_DELAY_MS: wholeNumber(1, 600_000).default(1000),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
  LOG_FORMAT: oneOf('json', 'pretty').optional(),
  METRICS: flag().default(false),
  METRICS_PORT: wholeNumber(1, 65_535).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: text().optional(),
  SHUTDOWN_TIMEOUT_MS: wholeNumber(0, 600_000).default(10_000),
} as const;

/** Each may be given as a file instead: `<name>_FILE` names it. */
export const SECRETS = [
  'DEBUG_TOKEN',
  'UPSTREAM_PASSWORD',
  'UPSTREAM_OAUTH_SECRET',
  'AUTH_API_KEYS',
  'CACHE_SECRET',
  'REDIS_URL',
] as const;

const SCHEMA = z.object(VARIABLES);

/** What the gateway was told, read once and never changed. */
export type Config = ReturnType<typeof parseConfig>;

/**
 * The configuration in an environment. An empty variable counts as unset.
 * @throws ConfigError for the first setting that cannot be used.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>) {
  const given = Object.fromEntries(Object.entries(withSecretFiles(env, SECRETS)).filter(([, value]) => value !== ''));
  const parsed = SCHEMA.safeParse(given);
  if (!parsed.success) throw configErrorOf(parsed.error);
  const values = parsed.data;
  const production = values.NODE_ENV === 'production';
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    production,
    /** Undefined serves the embedded sandbox. */
    upstreamUrl: values.UPSTREAM_URL,
    upstreamAuth: upstreamAuthFrom(values),
    auth: authFrom(values, values.UPSTREAM_AUTH !== 'passthrough'),
    dataScopeAccess: dataScopeAccessFrom(values.AUTH_DATA_SCOPES),
    upstream: upstreamLimitsFrom(values),
    cache: cachePolicyFrom(values),
    /** Most bytes that answers kept in memory take. */
    cacheMaxBytes: values.CACHE_MAX_MB * 1024 * 1024,
    /** What values in Redis are encrypted with; undefined only signs them. */
    cacheSecret: cacheSecretFrom(values.CACHE_SECRET),
    redisUrl: redisUrlFrom(values.REDIS_URL),
    defaultSource: values.DEFAULT_SOURCE,
    defaultDataScope: dataScopeFrom(values.DEFAULT_DATA_SCOPE),
    limits: {
      maxCustomers: values.MAX_CUSTOMERS,
      maxPromotions: values.MAX_PROMOTIONS,
      maxUpstreamCalls: values.MAX_UPSTREAM_CALLS,
      maxDepth: values.MAX_DEPTH,
      maxIntrospectionDepth: values.MAX_INTROSPECTION_DEPTH,
      maxTokens: values.MAX_TOKENS,
      maxAliases: values.MAX_ALIASES,
      maxDirectives: values.MAX_DIRECTIVES,
      maxErrors: values.MAX_ERRORS,
      maxBodyBytes: values.MAX_BODY_BYTES,
    },
    corsOrigins: originsFrom(values.CORS_ORIGINS),
    rateLimitPerMinute: values.RATE_LIMIT_PER_MINUTE,
    overload: { maxInFlight: values.MAX_IN_FLIGHT, maxEventLoopDelayMs: values.MAX_EVENT_LOOP_DELAY_MS },
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
    metrics: metricsFrom(values),
    tracing: values.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    debug: debugFrom(values.DEBUG_TOKEN, production),
    /** Path of the manifest whose operations alone are accepted; undefined accepts all. */
    persistedOperations: values.PERSISTED_OPERATIONS,
    compile: values.COMPILE_OPERATIONS,
    playground: values.PLAYGROUND ?? !production,
    introspection: values.INTROSPECTION ?? !production,
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
  });
}

/** Whose requests are told what they cost and traced: nobody's, anybody's that ask, or those that bring the token. */
export type DebugPolicy =
  | { readonly kind: 'off' }
  | { readonly kind: 'anyone' }
  | { readonly kind: 'token'; readonly token: Secret };

function debugFrom(token: string | undefined, production: boolean): DebugPolicy {
  if (token !== undefined) return { kind: 'token', token: new Secret(token) };
  return { kind: production ? 'off' : 'anyone' };
}

/** Where the metrics are served: not at all, beside the API, or on a port of their own. */
export type MetricsPolicy =
  | { readonly kind: 'off' }
  | { readonly kind: 'shared' }
  | { readonly kind: 'own-port'; readonly port: number };

function metricsFrom({ METRICS, METRICS_PORT }: z.output<typeof SCHEMA>): MetricsPolicy {
  if (METRICS_PORT !== undefined) return { kind: 'own-port', port: METRICS_PORT };
  return { kind: METRICS ? 'shared' : 'off' };
}

/** Comma-separated origins, such as `https://shop.example`. */
function originsFrom(setting = ''): readonly string[] {
  const origins = setting
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new ConfigError(
        'CORS_ORIGINS',
        `"${origin}" is not an origin.`,
        'Write each as https://shop.example, without a path.',
      );
    }
  }
  return origins;
}

/** `SELF`, `ALL`, `OTHER:50405` or `OTHER:50405,50406`. */
function dataScopeFrom(setting: string | undefined): DataScope {
  if (setting === undefined) return UNSET_DATA_SCOPE;
  const [scope = '', orgIds = ''] = setting.split(':');
  try {
    return dataScopeOf(scope, orgIds === '' ? [] : orgIds.split(','));
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'It is not a data scope.';
    throw new ConfigError('DEFAULT_DATA_SCOPE', problem, 'Set it to SELF, ALL, or OTHER:50405,50406, or unset it.');
  }
}

function configErrorOf(error: z.ZodError): ConfigError {
  const [issue] = error.issues;
  const [problem = 'It cannot be used.', mend = 'Mend it, or unset it.'] = (issue?.message ?? '').split('\n');
  return new ConfigError(String(issue?.path[0] ?? 'configuration'), problem, mend);
}
