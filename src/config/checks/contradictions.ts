import { getHeapStatistics } from 'node:v8';
import { type DataScopeAccess, mayReadDataScope } from '../../model/caller.ts';
import type { DataScope } from '../../model/promotionsQuery.ts';
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
    names: ['AUTH_REQUIRE_VERIFIED', 'AUTH_CUSTOMER_SOURCES', 'AUTH_CUSTOMER_DATA_SCOPES'],
    on: 'AUTH_CUSTOMER_CLAIMS',
    met: ({ AUTH_CUSTOMER_CLAIMS }) => AUTH_CUSTOMER_CLAIMS !== undefined,
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

const HEAP_MB = Math.floor(getHeapStatistics().heap_size_limit / 1024 / 1024);

type Contradiction = {
  readonly name: Name;
  /** What is wrong with the setting; false if nothing is. */
  readonly problem: (values: Values, given: ReadonlySet<string>) => string | false;
  readonly fix: string;
};

/** Settings that contradict each other or require another one. */
const CONTRADICTIONS: readonly Contradiction[] = [
  {
    name: 'SANDBOX',
    problem: ({ SANDBOX, UPSTREAM_URL }) =>
      SANDBOX === true && UPSTREAM_URL !== undefined && 'UPSTREAM_URL is also set, to a real upstream.',
    fix: 'Set only one of the two.',
  },
  {
    // A forgotten variable must never make production serve the sandbox's customers.
    name: 'UPSTREAM_URL',
    problem: ({ NODE_ENV, SANDBOX, UPSTREAM_URL }) =>
      UPSTREAM_URL === undefined &&
      !(SANDBOX ?? NODE_ENV !== 'production') &&
      `It is not set, and ${SANDBOX === false ? 'SANDBOX=false' : 'NODE_ENV=production'} does not start the sandbox.`,
    fix: 'Set a URL such as https://eu.api.capillarytech.com, or set SANDBOX=true to start the sandbox.',
  },
  {
    name: 'CACHE_SECRET',
    problem: ({ CACHE_SECRET, REDIS_URL }) =>
      REDIS_URL !== undefined &&
      CACHE_SECRET === undefined &&
      'It is not set, but REDIS_URL requires it to encrypt what instances share in Redis.',
    fix: 'Set it to the output of `openssl rand -base64 32`, the same on all instances.',
  },
  {
    name: 'UPSTREAM_INSTANCES',
    problem: ({ REDIS_URL, UPSTREAM_INSTANCES, UPSTREAM_REQUESTS_PER_MINUTE }) =>
      REDIS_URL !== undefined &&
      UPSTREAM_REQUESTS_PER_MINUTE !== undefined &&
      UPSTREAM_INSTANCES === undefined &&
      'It is not set, but REDIS_URL and UPSTREAM_REQUESTS_PER_MINUTE require it: without Redis, each instance uses its share.',
    fix: 'Set it to the maximum number of instances, with those that a rollout starts in addition.',
  },
  atMost('UPSTREAM_INSTANCES', 'UPSTREAM_REQUESTS_PER_MINUTE'),
  atMost('UPSTREAM_TIMEOUT_MS', 'UPSTREAM_DEADLINE_MS'),
  atMost('UPSTREAM_QUEUE_MS', 'UPSTREAM_DEADLINE_MS'),
  {
    name: 'CACHE_MAX_MB',
    problem: ({ CACHE_MAX_MB }, given) =>
      given.has('CACHE_MAX_MB') &&
      CACHE_MAX_MB > HEAP_MB &&
      `It must be at most the limit of the process's heap (${HEAP_MB} MB), got ${CACHE_MAX_MB}.`,
    fix: 'Lower it, or give the process more memory.',
  },
  {
    name: 'PLAYGROUND',
    problem: ({ PLAYGROUND, PERSISTED_OPERATIONS }) =>
      PLAYGROUND === true &&
      PERSISTED_OPERATIONS !== undefined &&
      'PERSISTED_OPERATIONS is also set, which refuses the queries of the playground.',
    fix: 'Unset one of the two.',
  },
  {
    name: 'METRICS_PORT',
    problem: ({ METRICS_PORT, PORT }) => METRICS_PORT === PORT && `The API uses port ${PORT}.`,
    fix: 'Set another port, or set METRICS=true instead to serve /metrics on the API port.',
  },
  {
    name: 'METRICS_PORT',
    problem: ({ METRICS, METRICS_PORT }, given) =>
      METRICS_PORT !== undefined &&
      given.has('METRICS') &&
      (METRICS ? 'METRICS=true serves /metrics on the API port.' : 'METRICS=false turns the metrics off.'),
    fix: 'Unset one of the two.',
  },
];

type Amount = `UPSTREAM_${'INSTANCES' | 'REQUESTS_PER_MINUTE' | 'TIMEOUT_MS' | 'QUEUE_MS' | 'DEADLINE_MS'}`;

/** A default may be larger than what it is limited by. */
function atMost(name: Amount, limit: Amount): Contradiction {
  return {
    name,
    problem: ({ [name]: value = 0, [limit]: most = 0 }, given) =>
      given.has(name) && value > most && `It must be at most ${limit} (${most}), got ${value}.`,
    fix: `Lower it, or raise ${limit}.`,
  };
}

/**
 * @param given the names of the variables that were set
 * @throws ConfigError for settings that contradict each other, and for one that has no effect
 */
export function refuseContradictions(values: Values, given: ReadonlySet<string>): void {
  refuseWithoutEffect(values, given);
  for (const { name, problem, fix } of CONTRADICTIONS) {
    const found = problem(values, given);
    if (found) throw new ConfigError(name, found, fix);
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

/** @throws ConfigError for a default data scope that no caller may read. The own tokens of customers have a list of their own. */
export function refuseForbiddenDefault(
  dataScope: DataScope,
  dataScopes: DataScopeAccess,
  { AUTH_CUSTOMER_CLAIMS, AUTH_DATA_SCOPES, DEFAULT_DATA_SCOPE }: Values,
): void {
  const isUsed = DEFAULT_DATA_SCOPE !== undefined && AUTH_CUSTOMER_CLAIMS === undefined;
  if (!isUsed || mayReadDataScope({ dataScopes }, dataScope)) return;
  throw new ConfigError(
    'DEFAULT_DATA_SCOPE',
    `AUTH_DATA_SCOPES=${AUTH_DATA_SCOPES} does not allow ${DEFAULT_DATA_SCOPE}.`,
    'Set one that it allows, or allow it there.',
  );
}

/** @throws ConfigError if the cache is to follow a caller that there cannot be, such as a misspelt one */
export function refuseUnknownCallers(policy: ClientControlPolicy, auth: AuthPolicy, values: Values): void {
  if (policy.kind === 'all') return;
  const known = callersOf(auth, values);
  const unknown = [...policy.callers].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigError(
    'CACHE_CLIENT_CONTROL',
    `There is no caller "${unknown}" with AUTH_MODE=${auth.mode}.`,
    `Set all, or one or more of ${known.join(', ')}.`,
  );
}

function callersOf(auth: AuthPolicy, { UPSTREAM_URL, UPSTREAM_AUTH }: Values): readonly string[] {
  switch (auth.mode) {
    case 'none':
      return [UPSTREAM_URL !== undefined && UPSTREAM_AUTH === 'passthrough' ? 'passthrough' : 'anonymous'];
    case 'jwt':
      return ['jwt'];
    case 'api-key':
      return auth.keys.map(({ name }) => name);
  }
}
