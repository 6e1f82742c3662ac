import { z } from 'zod';
import { CACHE_VARIABLES, cacheFrom } from './cache.ts';
import { AUTH_VARIABLES, authFrom, dataScopeAccessFrom } from './callers.ts';
import { ConfigError } from './configError.ts';
import { text } from './fields.ts';
import { GRAPHQL_VARIABLES, graphqlFrom } from './graphql.ts';
import { HTTP_VARIABLES, httpFrom } from './http.ts';
import { REDIS_VARIABLES, redisUrlFrom } from './redis.ts';
import { withSecretFiles } from './secretFiles.ts';
import { TELEMETRY_VARIABLES, telemetryFrom } from './telemetry.ts';
import { UPSTREAM_VARIABLES, upstreamAuthFrom, upstreamLimitsFrom } from './upstream.ts';

/** Every variable the gateway reads, and nothing else: the table in docs/configuration.md is held against this. */
export const VARIABLES = {
  NODE_ENV: text().default('development'),
  ...HTTP_VARIABLES,
  ...AUTH_VARIABLES,
  ...GRAPHQL_VARIABLES,
  ...CACHE_VARIABLES,
  ...UPSTREAM_VARIABLES,
  ...REDIS_VARIABLES,
  ...TELEMETRY_VARIABLES,
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

/** The gateway's settings, read once and never changed. */
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
  const graphql = graphqlFrom(values, production);
  return Object.freeze({
    production,
    ...httpFrom(values, production),
    ...graphql,
    ...cacheFrom(values),
    /** Undefined serves the embedded sandbox. */
    upstreamUrl: values.UPSTREAM_URL,
    upstreamAuth: upstreamAuthFrom(values),
    upstream: upstreamLimitsFrom(values),
    auth: authFrom(values, values.UPSTREAM_AUTH !== 'passthrough', graphql),
    dataScopeAccess: dataScopeAccessFrom('AUTH_DATA_SCOPES', values.AUTH_DATA_SCOPES),
    redisUrl: redisUrlFrom(values.REDIS_URL),
    ...telemetryFrom(values),
  });
}

function configErrorOf(error: z.ZodError): ConfigError {
  const [issue] = error.issues;
  const [problem = 'It cannot be used.', mend = 'Mend it, or unset it.'] = (issue?.message ?? '').split('\n');
  return new ConfigError(String(issue?.path[0] ?? 'configuration'), problem, mend);
}
