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

/** What the gateway is started as. */
const PROCESS_VARIABLES = {
  NODE_ENV: oneOf('development', 'test', 'production')
    .default('development')
    .describe(
      '`development`, `test` or `production`. Production turns off the playground, introspection and field suggestions, and requires `UPSTREAM_URL` or `SANDBOX=true`',
    ),
  SANDBOX: flag()
    .optional()
    .describe(
      '`true` starts the embedded sandbox, `false` never starts it. Unset: outside production it starts if `UPSTREAM_URL` is not set',
    ),
} as const;

/** All settings, in the groups of docs/configuration.md, whose tables `npm run docs` writes from this. */
export const GROUPS = {
  process: PROCESS_VARIABLES,
  http: HTTP_VARIABLES,
  callers: AUTH_VARIABLES,
  graphql: GRAPHQL_VARIABLES,
  cache: CACHE_VARIABLES,
  upstream: UPSTREAM_VARIABLES,
  network: NETWORK_VARIABLES,
  redis: REDIS_VARIABLES,
  telemetry: TELEMETRY_VARIABLES,
} as const;

/** All settings by the names of their variables. */
export const VARIABLES = {
  ...PROCESS_VARIABLES,
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

/** Parses the text of each variable. */
export const SCHEMA = z.object(VARIABLES);

/** The parsed value of each variable. */
export type Values = z.output<typeof SCHEMA>;
