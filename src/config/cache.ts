import { z } from 'zod';
import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { text, wholeNumber } from './fields.ts';

/** What is kept of upstream's answers, and for how long. */
export const CACHE_VARIABLES = {
  CACHE_TTL_SECONDS: wholeNumber(0, 86_400).default(0),
  CACHE_STALE_SECONDS: wholeNumber(0, 86_400).default(0),
  CACHE_NOT_FOUND_SECONDS: wholeNumber(0, 3600).default(5),
  CACHE_MAX_MB: wholeNumber(1, 100_000).default(64),
  CACHE_SECRET: text().optional(),
} as const;

const SCHEMA = z.object(CACHE_VARIABLES);

/** What is kept, and what values in Redis are encrypted with. */
export function cacheFrom(values: z.output<typeof SCHEMA>) {
  return {
    cache: cachePolicyFrom(values),
    /** Most bytes that answers kept in memory take. */
    cacheMaxBytes: values.CACHE_MAX_MB * 1024 * 1024,
    /** What values in Redis are encrypted with; undefined only signs them. */
    cacheSecret: cacheSecretFrom(values.CACHE_SECRET),
  };
}

/** Whether answers are kept, and for how long in milliseconds. */
export type CachePolicy =
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly ttlMs: number; readonly staleMs: number; readonly notFoundMs: number };

/** Without a TTL nothing is kept: a customer who has just redeemed sees it. */
function cachePolicyFrom(values: z.output<typeof SCHEMA>): CachePolicy {
  const ttlMs = values.CACHE_TTL_SECONDS * 1000;
  if (ttlMs === 0) return { kind: 'off' };
  return {
    kind: 'on',
    ttlMs,
    staleMs: values.CACHE_STALE_SECONDS * 1000,
    notFoundMs: Math.min(values.CACHE_NOT_FOUND_SECONDS * 1000, ttlMs),
  };
}

/** Any text that nobody guesses. */
function cacheSecretFrom(setting: string | undefined): Secret | undefined {
  if (setting === undefined) return undefined;
  if (setting.length >= 32) return new Secret(setting);
  throw new ConfigError(
    'CACHE_SECRET',
    'It has fewer than 32 characters.',
    'Set it to what `openssl rand -base64 32` prints.',
  );
}
