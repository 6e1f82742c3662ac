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

/** Every variable the gateway reads, and nothing else: the table in docs/configuration.md is held against this. */
export const VARIABLES = {
  NODE_ENV: oneOf('development', 'test', 'production').default('development'),
  SANDBOX: flag().optional(),
  SANDBOX_REFUSES_LIMIT_ZERO: flag().default(false),
  ...HTTP_VARIABLES,
  ...AUTH_VARIABLES,
  ...GRAPHQL_VARIABLES,
  ...CACHE_VARIABLES,
  ...UPSTREAM_VARIABLES,
  ...NETWORK_VARIABLES,
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
  'CACHE_SECRET_PREVIOUS',
  'EVENTS_TOKEN',
  'REDIS_URL',
  'HTTPS_PROXY',
] as const;

export const SCHEMA = z.object(VARIABLES);

/** What the variables hold, each read by itself. */
export type Values = z.output<typeof SCHEMA>;
