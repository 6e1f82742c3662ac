import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { headerText, items, list, text, type ValuesOf, wholeNumber } from './fields.ts';

/** What is cached of upstream's responses, and for how long. */
export const CACHE_VARIABLES = {
  CACHE_TTL_SECONDS: wholeNumber(0, 86_400)
    .default(0)
    .describe('How long an upstream page is fresh; 0 turns the cache off ([caching.md](caching.md))'),
  CACHE_STALE_SECONDS: wholeNumber(0, 86_400)
    .default(0)
    .describe(
      'How long after that it is still served, while it is renewed in the background or if it cannot be renewed',
    ),
  CACHE_MAX_MB: wholeNumber(1, 100_000)
    .default(64)
    .describe('Maximum memory of the cache in this process; the least recently used entries are dropped first'),
  CACHE_SECRET: text()
    .optional()
    .describe(
      'At least 32 characters. It encrypts values in Redis and keys the hashes in their names and in logs. `REDIS_URL` requires it. [How to change it](caching.md#a-new-secret)',
    ),
  CACHE_CLIENT_CONTROL: list('caller')
    .optional()
    .describe(
      'Callers whose `Cache-Control` request header the gateway follows: names of API keys, `jwt`, `passthrough`, `anonymous`, separated by commas, or `all`. Unset: none',
    ),
  EVENTS_TOKEN: headerText()
    .optional()
    .describe(
      'At least 32 characters. It turns on [`POST /events`](caching.md#events) for senders with this `x-events-token`',
    ),
} as const;

/** The cache's lifetimes and size, and the secrets of what is stored. @throws ConfigError for a secret that is too short */
export function cacheFrom(values: ValuesOf<typeof CACHE_VARIABLES>) {
  return {
    cache: cachePolicyFrom(values),
    /** The maximum size of the pages and responses that are cached in this process's memory, in bytes. */
    cacheMaxBytes: values.CACHE_MAX_MB * 1024 * 1024,
    /** Keys public ids, names in logs and names in Redis, and encrypts the values in Redis, which requires it. */
    cacheSecret: longSecretFrom('CACHE_SECRET', values.CACHE_SECRET),
    /** The callers whose `Cache-Control` is followed. */
    clientControl: clientControlFrom(values.CACHE_CLIENT_CONTROL),
    /** The token that senders of events must send. Undefined accepts no events. */
    eventsToken: longSecretFrom('EVENTS_TOKEN', values.EVENTS_TOKEN),
  };
}

/** Whether responses are cached, and for how many milliseconds. */
export type CachePolicy =
  | { readonly kind: 'off' }
  | { readonly kind: 'on'; readonly ttlMs: number; readonly staleMs: number; readonly notFoundMs: number };

/** How long it is cached that a customer is unknown: short, since a customer may enrol at any time. */
const NOT_FOUND_MS = 5000;

/** Without a TTL nothing is cached, so a customer who has just redeemed sees it at once. */
function cachePolicyFrom(values: ValuesOf<typeof CACHE_VARIABLES>): CachePolicy {
  const ttlMs = values.CACHE_TTL_SECONDS * 1000;
  if (ttlMs === 0) return { kind: 'off' };
  return {
    kind: 'on',
    ttlMs,
    staleMs: values.CACHE_STALE_SECONDS * 1000,
    notFoundMs: Math.min(NOT_FOUND_MS, ttlMs),
  };
}

/** Which callers' `Cache-Control` requests the cache follows, by their names and groups in logs and metrics. */
export type ClientControlPolicy =
  | { readonly kind: 'all' }
  | { readonly kind: 'listed'; readonly callers: ReadonlySet<string> };

function clientControlFrom(setting: string | undefined): ClientControlPolicy {
  if (setting?.trim() === 'all') return { kind: 'all' };
  return { kind: 'listed', callers: new Set(items(setting ?? '')) };
}

/** Any text that is too long to be guessed. */
function longSecretFrom(variable: string, setting: string | undefined): Secret | undefined {
  if (setting === undefined) return undefined;
  if (setting.length >= 32) return new Secret(setting);
  throw new ConfigError(
    variable,
    'It must have at least 32 characters.',
    'Set it to the output of `openssl rand -base64 32`.',
  );
}
