import { getHeapStatistics } from 'node:v8';
import type { ClientControlPolicy } from '../cache.ts';
import type { AuthPolicy } from '../callers.ts';
import { ConfigError } from '../configError.ts';
import type { Values } from '../variables.ts';

type Name = keyof Values;

/** Settings that have an effect only with another one. */
const DEPENDENT: readonly {
  readonly names: readonly Name[];
  readonly on: string;
  readonly fix?: string;
  readonly met: (values: Values) => boolean;
}[] = [
  {
    names: ['CACHE_STALE_SECONDS', 'CACHE_MAX_MB', 'CACHE_CLIENT_CONTROL', 'EVENTS_TOKEN'],
    on: 'CACHE_TTL_SECONDS above 0',
    met: ({ CACHE_TTL_SECONDS }) => CACHE_TTL_SECONDS > 0,
  },
  {
    names: [
      'AUTH_JWKS_URL',
      'AUTH_ISSUER',
      'AUTH_AUDIENCE',
      'AUTH_CUSTOMER_CLAIMS',
      'AUTH_REQUIRE_VERIFIED',
      'AUTH_CUSTOMER_SOURCES',
      'AUTH_CUSTOMER_DATA_SCOPES',
      'AUTH_ANY_CUSTOMER_SCOPE',
    ],
    on: 'AUTH_MODE=jwt',
    met: ({ AUTH_MODE }) => AUTH_MODE === 'jwt',
  },
  {
    names: ['AUTH_DATA_SCOPES'],
    on: 'AUTH_ANY_CUSTOMER_SCOPE',
    fix: 'Set AUTH_CUSTOMER_DATA_SCOPES for the own tokens of customers, or unset it.',
    met: ({ AUTH_MODE, AUTH_ANY_CUSTOMER_SCOPE }) => AUTH_MODE !== 'jwt' || AUTH_ANY_CUSTOMER_SCOPE !== undefined,
  },
  {
    names: ['REDIS_CA_FILE'],
    on: 'REDIS_URL',
    met: ({ REDIS_URL }) => REDIS_URL !== undefined,
  },
  {
    names: ['UPSTREAM_INSTANCES'],
    on: 'REDIS_URL and UPSTREAM_REQUESTS_PER_MINUTE',
    met: ({ REDIS_URL, UPSTREAM_REQUESTS_PER_MINUTE }) =>
      REDIS_URL !== undefined && UPSTREAM_REQUESTS_PER_MINUTE !== undefined,
  },
  { names: ['AUTH_API_KEYS'], on: 'AUTH_MODE=api-key', met: ({ AUTH_MODE }) => AUTH_MODE === 'api-key' },
  {
    names: ['AUTH_ALLOW_ANONYMOUS'],
    on: 'AUTH_MODE=none and UPSTREAM_AUTH=basic or oauth',
    met: ({ AUTH_MODE, UPSTREAM_AUTH }) => AUTH_MODE === 'none' && UPSTREAM_AUTH !== 'passthrough',
  },
  {
    names: ['UPSTREAM_USERNAME', 'UPSTREAM_PASSWORD'],
    on: 'UPSTREAM_AUTH=basic',
    met: ({ UPSTREAM_AUTH }) => UPSTREAM_AUTH === 'basic',
  },
  {
    names: ['UPSTREAM_OAUTH_KEY', 'UPSTREAM_OAUTH_SECRET', 'UPSTREAM_OAUTH_PATH'],
    on: 'UPSTREAM_AUTH=oauth',
    met: ({ UPSTREAM_AUTH }) => UPSTREAM_AUTH === 'oauth',
  },
  {
    // The sandbox has the documented path and headers.
    names: ['UPSTREAM_PATH', 'UPSTREAM_ORG_HEADER', 'UPSTREAM_OAUTH_PATH'],
    on: 'UPSTREAM_URL',
    met: ({ UPSTREAM_URL }) => UPSTREAM_URL !== undefined,
  },
  {
    names: ['UPSTREAM_CA_FILE', 'UPSTREAM_CLIENT_CERT_FILE', 'UPSTREAM_CLIENT_KEY_FILE'],
    on: 'an https URL in UPSTREAM_URL',
    met: ({ UPSTREAM_URL }) => UPSTREAM_URL?.startsWith('https:') === true,
  },
];

/**
 * @param given the names of the variables that were set
 * @throws ConfigError for settings that contradict each other, and for one that has no effect
 */
export function refuseContradictions(values: Values, given: ReadonlySet<string>): void {
  refuseWithoutEffect(values, given);
  refuseAccidentalSandbox(values);
  if (values.REDIS_URL !== undefined && values.CACHE_SECRET === undefined) {
    throw new ConfigError(
      'CACHE_SECRET',
      'It is not set, but REDIS_URL requires it to encrypt what instances share in Redis.',
      'Set it to the output of `openssl rand -base64 32`, the same on all instances.',
    );
  }
  const { UPSTREAM_INSTANCES, UPSTREAM_REQUESTS_PER_MINUTE } = values;
  if (
    values.REDIS_URL !== undefined &&
    UPSTREAM_REQUESTS_PER_MINUTE !== undefined &&
    UPSTREAM_INSTANCES === undefined
  ) {
    throw new ConfigError(
      'UPSTREAM_INSTANCES',
      'It is not set, but REDIS_URL and UPSTREAM_REQUESTS_PER_MINUTE require it: without Redis, each instance uses its share.',
      'Set it to the maximum number of instances.',
    );
  }
  if (UPSTREAM_INSTANCES !== undefined && UPSTREAM_INSTANCES > (UPSTREAM_REQUESTS_PER_MINUTE ?? 0)) {
    throw new ConfigError(
      'UPSTREAM_INSTANCES',
      `It must be at most UPSTREAM_REQUESTS_PER_MINUTE (${UPSTREAM_REQUESTS_PER_MINUTE}), got ${UPSTREAM_INSTANCES}.`,
      'Lower it, or raise UPSTREAM_REQUESTS_PER_MINUTE.',
    );
  }
  const { UPSTREAM_TIMEOUT_MS, UPSTREAM_DEADLINE_MS, UPSTREAM_QUEUE_MS, CACHE_MAX_MB, PORT, METRICS, METRICS_PORT } =
    values;
  if (given.has('UPSTREAM_TIMEOUT_MS') && UPSTREAM_TIMEOUT_MS > UPSTREAM_DEADLINE_MS) {
    throw new ConfigError(
      'UPSTREAM_TIMEOUT_MS',
      `It must be at most UPSTREAM_DEADLINE_MS (${UPSTREAM_DEADLINE_MS}), got ${UPSTREAM_TIMEOUT_MS}.`,
      'Lower it, or raise UPSTREAM_DEADLINE_MS.',
    );
  }
  if (given.has('UPSTREAM_QUEUE_MS') && UPSTREAM_QUEUE_MS > UPSTREAM_DEADLINE_MS) {
    throw new ConfigError(
      'UPSTREAM_QUEUE_MS',
      `It must be at most UPSTREAM_DEADLINE_MS (${UPSTREAM_DEADLINE_MS}), got ${UPSTREAM_QUEUE_MS}.`,
      'Lower it, or raise UPSTREAM_DEADLINE_MS.',
    );
  }
  const heapMb = Math.floor(getHeapStatistics().heap_size_limit / 1024 / 1024);
  if (given.has('CACHE_MAX_MB') && CACHE_MAX_MB > heapMb) {
    throw new ConfigError(
      'CACHE_MAX_MB',
      `It must be at most the limit of the process's heap (${heapMb} MB), got ${CACHE_MAX_MB}.`,
      'Lower it, or give the process more memory.',
    );
  }
  if (METRICS_PORT !== undefined && METRICS_PORT === PORT) {
    throw new ConfigError(
      'METRICS_PORT',
      `The API uses port ${PORT}.`,
      'Set another port, or set METRICS=true to serve /metrics on the API port.',
    );
  }
  if (METRICS_PORT !== undefined && given.has('METRICS') && !METRICS) {
    throw new ConfigError('METRICS_PORT', 'METRICS=false turns the metrics off.', 'Unset one of the two.');
  }
}

function refuseWithoutEffect(values: Values, given: ReadonlySet<string>): void {
  const isOff = (name: Name) => values[name] === false || values[name] === 0;
  for (const { names, on, met, fix = 'Set that too, or unset it.' } of DEPENDENT) {
    const name = names.find((each) => given.has(each) && !isOff(each));
    if (name === undefined || met(values)) continue;
    throw new ConfigError(name, `It has no effect without ${on}.`, fix);
  }
}

/** A forgotten variable must never make production serve the sandbox's customers. */
function refuseAccidentalSandbox(values: Values): void {
  const { NODE_ENV, SANDBOX, UPSTREAM_URL } = values;
  if (UPSTREAM_URL !== undefined) {
    if (SANDBOX !== true) return;
    throw new ConfigError('SANDBOX', 'UPSTREAM_URL is also set, to a real upstream.', 'Set only one of the two.');
  }
  if (SANDBOX === true || (SANDBOX === undefined && NODE_ENV !== 'production')) return;
  throw new ConfigError(
    'UPSTREAM_URL',
    `It is not set, and ${SANDBOX === false ? 'SANDBOX=false' : 'NODE_ENV=production'} does not start the sandbox.`,
    'Set a URL such as https://eu.api.capillarytech.com, or set SANDBOX=true to start the sandbox.',
  );
}

/** @throws ConfigError if the cache is to follow a caller that there cannot be, such as a misspelt one */
export function refuseUnknownCallers(policy: ClientControlPolicy, auth: AuthPolicy): void {
  if (policy.kind === 'all') return;
  const known = callersOf(auth);
  const unknown = [...policy.callers].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigError(
    'CACHE_CLIENT_CONTROL',
    `There is no caller "${unknown}" with AUTH_MODE=${auth.mode}.`,
    `Set all, or one or more of ${known.join(', ')}.`,
  );
}

function callersOf(auth: AuthPolicy): readonly string[] {
  switch (auth.mode) {
    case 'none':
      return ['anonymous', 'passthrough'];
    case 'jwt':
      return ['jwt'];
    case 'api-key':
      return auth.keys.map(({ name }) => name);
  }
}
