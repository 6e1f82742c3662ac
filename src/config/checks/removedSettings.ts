const FIXED_LIMIT = 'Unset it: the limit is';

const SENTINELS_IN_URL =
  'Set it as a part of REDIS_URL, such as redis+sentinel://sentinel-0:26379,sentinel-1:26379/mymaster?sentinelPassword=password, and unset it.';

/** The settings of version 2 that are gone, and what to do instead. docs/upgrading.md lists them. */
export const REMOVED_SETTINGS: Readonly<Record<string, string>> = {
  CACHE_NOT_FOUND_SECONDS: 'Unset it: that a customer is unknown is cached for 5 seconds.',
  CACHE_SECRET_PREVIOUS: 'Unset it: a new CACHE_SECRET begins with a cold cache.',
  DEFAULT_SOURCE: "Set AUTH_CUSTOMER_SOURCES to the sources that customers' own tokens may read, and unset it.",
  MAX_ALIASES: `${FIXED_LIMIT} 60 aliases.`,
  MAX_ANSWER_FIELDS: 'Unset it: MAX_RESPONSE_BYTES limits a response.',
  MAX_DEPTH: `${FIXED_LIMIT} 15 levels.`,
  MAX_DIRECTIVES: `${FIXED_LIMIT} 30 directives.`,
  MAX_ERRORS: 'Unset it: a response lists 1,000 errors.',
  MAX_EVENT_LOOP_DELAY_MS: `${FIXED_LIMIT} a second.`,
  MAX_INTROSPECTION_DEPTH: `${FIXED_LIMIT} 15 levels.`,
  MAX_REPRESENTATIONS: `${FIXED_LIMIT} 1,000 different references.`,
  REDIS_CLUSTER: 'Name the nodes in REDIS_URL, such as redis+cluster://redis-0:6379,redis-1:6379, and unset it.',
  REDIS_SENTINELS: SENTINELS_IN_URL,
  REDIS_SENTINEL_NAME: SENTINELS_IN_URL,
  REDIS_SENTINEL_PASSWORD: SENTINELS_IN_URL,
  SANDBOX_REFUSES_LIMIT_ZERO: "Unset it: the sandbox's customer 917000000101 refuses limit=0.",
  SHUTDOWN_TIMEOUT_MS: 'Unset it: requests have UPSTREAM_DEADLINE_MS and two seconds to end.',
  UPSTREAM_COMPRESSION: 'Unset it: compressed responses are always asked for.',
};
