import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import {
  anyText,
  headerName,
  httpUrl,
  oneOf,
  refuse,
  required,
  requiredSecret,
  text,
  urlPath,
  userName,
  type ValuesOf,
  wholeNumber,
} from './fields.ts';

const EXAMPLE = 'https://eu.api.capillarytech.com';

/** The gateway adds the endpoint's path: if UPSTREAM_URL contained it too, every call would get 404. */
function baseUrl() {
  return httpUrl(EXAMPLE).transform((url, context) => {
    if (!/\/(v\d+(\.\d+)?|customers|lookup|promotionData)(\/|$)/i.test(new URL(url).pathname)) return url;
    return refuse(
      context,
      "The URL contains the endpoint's path, which the gateway adds itself.",
      `Set only the base URL, such as ${EXAMPLE}.`,
    );
  });
}

/** Where upstream is, the gateway's credentials for it, and the limits of its calls. */
export const UPSTREAM_VARIABLES = {
  UPSTREAM_URL: baseUrl()
    .optional()
    .describe("Base URL of the real upstream, such as `https://eu.api.capillarytech.com`, without the endpoint's path"),
  UPSTREAM_PATH: urlPath()
    .default('/v2.1/customers/lookup/promotionData')
    .describe(
      'Path of the lookup. For organisations that are not connected it is `/v2/customers/lookup/promotionData`; data scopes are then refused',
    ),
  UPSTREAM_ORG_HEADER: headerName()
    .default('DATA-SCOPE-ORG')
    .describe('Header with the organisations of a data scope; some installations use `DATA-SCOPE-ORGS`'),
  UPSTREAM_AUTH: oneOf('passthrough', 'basic', 'oauth')
    .default('passthrough')
    .describe('`passthrough`: callers send their own credentials. `basic`, `oauth`: the gateway uses its own'),
  UPSTREAM_USERNAME: userName().optional().describe('User name for `basic`'),
  UPSTREAM_PASSWORD: anyText()
    .optional()
    .describe('Password for `basic`, not hashed. The gateway sends its MD5, as upstream requires'),
  UPSTREAM_OAUTH_KEY: text().optional().describe('Client key for `oauth`'),
  UPSTREAM_OAUTH_SECRET: text().optional().describe('Client secret for `oauth`'),
  UPSTREAM_OAUTH_PATH: urlPath().default('/v3/oauth/token/generate').describe('Path of the token endpoint for `oauth`'),
  UPSTREAM_REQUESTS_PER_MINUTE: wholeNumber(1, 10_000_000)
    .optional()
    .describe('The call budget: maximum calls in a minute with the same credentials. Unset: no limit'),
  UPSTREAM_INSTANCES: wholeNumber(1, 1000)
    .optional()
    .describe(
      'How many instances there may be: the maximum of the autoscaler, and those that a rollout starts in addition. Required with `REDIS_URL` and a budget: an instance that cannot count in Redis uses this share of it',
    ),
  UPSTREAM_QUEUE_MS: wholeNumber(0, 600_000)
    .default(2000)
    .describe(
      'Maximum wait for the call budget or the end of a pause after a 429, and for a place under `UPSTREAM_CONCURRENCY`, but at most 950 for that ([how](design.md#places)). A call that would wait longer is refused at once',
    ),
  UPSTREAM_TIMEOUT_MS: wholeNumber(100, 600_000)
    .default(3000)
    .describe(
      'Maximum time of one attempt, until the last byte; at most nine tenths of `UPSTREAM_DEADLINE_MS` are used',
    ),
  UPSTREAM_DEADLINE_MS: wholeNumber(100, 600_000)
    .default(8000)
    .describe('Maximum time of an operation, including waits and retries'),
  UPSTREAM_RETRIES: wholeNumber(0, 10)
    .default(2)
    .describe('Maximum retries of a call without a response or with HTTP 5xx'),
  UPSTREAM_CONCURRENCY: wholeNumber(1, 10_000)
    .default(100)
    .describe(
      'Maximum concurrent calls of this process. It makes fewer if upstream cannot handle as many ([how](design.md#places))',
    ),
  UPSTREAM_MAX_BYTES: wholeNumber(1024, 1_000_000_000)
    .default(5_000_000)
    .describe('Maximum size of an upstream response, uncompressed. Reading of a larger one stops'),
} as const;

type UpstreamValues = ValuesOf<typeof UPSTREAM_VARIABLES>;

/**
 * The share of an operation's time that one attempt may take. If the operation ended first, upstream's silence would count for
 * no one: no circuit would open.
 */
const ATTEMPT_SHARE = 0.9;

/** The limits of upstream calls; times in milliseconds. */
export function upstreamLimitsFrom(values: UpstreamValues) {
  return {
    timeoutMs: Math.min(values.UPSTREAM_TIMEOUT_MS, ATTEMPT_SHARE * values.UPSTREAM_DEADLINE_MS),
    deadlineMs: values.UPSTREAM_DEADLINE_MS,
    retries: values.UPSTREAM_RETRIES,
    requestsPerMinute: values.UPSTREAM_REQUESTS_PER_MINUTE,
    /** How many instances share the budget. */
    instances: values.UPSTREAM_INSTANCES ?? 1,
    queueMs: values.UPSTREAM_QUEUE_MS,
    concurrency: values.UPSTREAM_CONCURRENCY,
    maxBytes: values.UPSTREAM_MAX_BYTES,
  };
}

/** The path and headers of a lookup. Organisations that are not connected use a `/v2/…` path, without data scopes. */
export function lookupFrom(values: UpstreamValues) {
  return {
    path: values.UPSTREAM_PATH,
    orgHeader: values.UPSTREAM_ORG_HEADER,
    dataScopes: !values.UPSTREAM_PATH.split('/').includes('v2'),
  };
}

const DATA_SCOPE_VARIABLES = ['DEFAULT_DATA_SCOPE', 'AUTH_DATA_SCOPES', 'AUTH_CUSTOMER_DATA_SCOPES'] as const;

/** @throws ConfigError for a variable that names a data scope, if the lookup's path supports none */
export function refuseDataScopes(
  { path, dataScopes }: ReturnType<typeof lookupFrom>,
  values: Readonly<Partial<Record<(typeof DATA_SCOPE_VARIABLES)[number], string | undefined>>>,
): void {
  const variable = DATA_SCOPE_VARIABLES.find((name) => values[name] !== undefined);
  if (dataScopes || variable === undefined) return;
  throw new ConfigError(
    variable,
    `UPSTREAM_PATH=${path} is for organisations that are not connected and supports no data scopes.`,
    'Unset one of the two.',
  );
}

/** How the gateway authenticates towards upstream. */
export type UpstreamAuth =
  | { readonly kind: 'passthrough' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'oauth'; readonly key: string; readonly secret: Secret; readonly path: string };

/** @throws ConfigError if a variable that UPSTREAM_AUTH requires is not set. */
export function upstreamAuthFrom(values: UpstreamValues): UpstreamAuth {
  switch (values.UPSTREAM_AUTH) {
    case 'passthrough':
      return { kind: 'passthrough' };
    case 'basic':
      return {
        kind: 'basic',
        username: required(values, 'UPSTREAM_USERNAME', 'UPSTREAM_AUTH=basic'),
        password: new Secret(requiredSecret(values, 'UPSTREAM_PASSWORD', 'UPSTREAM_AUTH=basic')),
      };
    case 'oauth':
      return {
        kind: 'oauth',
        key: requiredSecret(values, 'UPSTREAM_OAUTH_KEY', 'UPSTREAM_AUTH=oauth'),
        secret: new Secret(requiredSecret(values, 'UPSTREAM_OAUTH_SECRET', 'UPSTREAM_AUTH=oauth')),
        path: values.UPSTREAM_OAUTH_PATH,
      };
  }
}
