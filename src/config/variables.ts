import { z } from 'zod';
import { CACHE_VARIABLES } from './cache.ts';
import { AUTH_VARIABLES } from './callers.ts';
import { flag, oneOf } from './fields.ts';
import { GRAPHQL_VARIABLES } from './graphql.ts';
import { HTTP_VARIABLES } from './http.ts';
import { NETWORK_VARIABLES } from './network.ts';
import { REDIS_VARIABLES } from './redis.ts';
import { TELEMETRY_VARIABLES } from './telemetry.ts';
import { UPSTREAM_VARIABLES } from './upstream.ts';

/** All variables that the gateway reads. A test compares the table in docs/configuration.md with this. */
export const VARIABLES = {
  NODE_ENV: oneOf('development', 'test', 'production').default('development'),
  SANDBOX: flag().optional(),
  ...HTTP_VARIABLES,
  ...AUTH_VARIABLES,
  ...GRAPHQL_VARIABLES,
  ...CACHE_VARIABLES,
  ...UPSTREAM_VARIABLES,
  ...NETWORK_VARIABLES,
  ...REDIS_VARIABLES,
  ...TELEMETRY_VARIABLES,
} as const;

/** Variables that may also come from a file, whose path is in `<name>_FILE`. */
export const SECRETS = [
  'DEBUG_TOKEN',
  'UPSTREAM_PASSWORD',
  'UPSTREAM_OAUTH_KEY',
  'UPSTREAM_OAUTH_SECRET',
  'AUTH_API_KEYS',
  'CACHE_SECRET',
  'EVENTS_TOKEN',
  'REDIS_URL',
  'HTTPS_PROXY',
] as const;

export const SCHEMA = z.object(VARIABLES);

/** The parsed value of each variable. */
export type Values = z.output<typeof SCHEMA>;
