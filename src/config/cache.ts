import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { text, wholeNumber } from './fields.ts';

/** What is kept of upstream's answers, and where it is shared. */
export const CACHE_VARIABLES = {
  CACHE_TTL_SECONDS: wholeNumber(0, 86_400).default(0),
  CACHE_STALE_SECONDS: wholeNumber(0, 86_400).default(0),
  CACHE_NOT_FOUND_SECONDS: wholeNumber(0, 3600).default(5),
  CACHE_MAX_MB: wholeNumber(1, 100_000).default(64),
  CACHE_SECRET: text().optional(),
  REDIS_URL: text().optional(),
} as const;

type CacheValues = {
  readonly CACHE_TTL_SECONDS: number;
  readonly CACHE_STALE_SECONDS: number;
  readonly CACHE_NOT_FOUND_SECONDS: number;
};

/** Whether answers are kept, and for how long in milliseconds. */
export type CachePolicy =
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly ttlMs: number; readonly staleMs: number; readonly notFoundMs: number };

/** Without a TTL nothing is kept: a customer who has just redeemed sees it. */
export function cachePolicyFrom(values: CacheValues): CachePolicy {
  const ttlMs = values.CACHE_TTL_SECONDS * 1000;
  if (ttlMs === 0) return { kind: 'off' };
  return {
    kind: 'on',
    ttlMs,
    staleMs: values.CACHE_STALE_SECONDS * 1000,
    notFoundMs: Math.min(values.CACHE_NOT_FOUND_SECONDS * 1000, ttlMs),
  };
}

/** `redis://` or `rediss://`, perhaps with credentials, which make it a secret. */
export function redisUrlFrom(setting: string | undefined): Secret | undefined {
  if (setting === undefined) return undefined;
  if (URL.canParse(setting) && /^rediss?:$/.test(new URL(setting).protocol)) return new Secret(setting);
  throw new ConfigError('REDIS_URL', 'It is not a redis or rediss URL.', 'Set it to one such as redis://redis:6379.');
}

/** Any text that nobody guesses. */
export function cacheSecretFrom(setting: string | undefined): Secret | undefined {
  if (setting === undefined) return undefined;
  if (setting.length >= 32) return new Secret(setting);
  throw new ConfigError(
    'CACHE_SECRET',
    'It has fewer than 32 characters.',
    'Set it to what `openssl rand -base64 32` prints.',
  );
}
