import { cacheFrom } from './cache.ts';
import { authFrom, dataScopeAccessFrom } from './callers.ts';
import { refuseContradictions, refuseForbiddenDefault, refuseUnknownCallers } from './checks/contradictions.ts';
import { refuseUnknownVariables } from './checks/unknownVariables.ts';
import { ConfigError } from './configError.ts';
import { configErrorOf } from './fields.ts';
import { graphqlFrom } from './graphql.ts';
import { httpFrom, shutdownFrom } from './http.ts';
import { networkFrom } from './network.ts';
import { COLLECTOR_VARIABLES, tracingFrom } from './otel.ts';
import { redisFrom } from './redis.ts';
import { withSecretFiles } from './secretFiles.ts';
import { telemetryFrom } from './telemetry.ts';
import { lookupFrom, refuseDataScopes, upstreamAuthFrom, upstreamLimitsFrom } from './upstream.ts';
import { SCHEMA, SECRETS, VARIABLES } from './variables.ts';

/** The gateway's settings, parsed once and frozen. */
export type Config = ReturnType<typeof parseConfig>;

/**
 * The configuration in an environment. An empty variable counts as unset.
 * @throws ConfigError for the first invalid setting.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>) {
  refuseUnknownVariables(env, [
    ...Object.keys(VARIABLES),
    ...SECRETS.map((name) => `${name}_FILE`),
    ...COLLECTOR_VARIABLES,
  ]);
  const given = Object.fromEntries(Object.entries(withSecretFiles(env, SECRETS)).filter(([, value]) => value !== ''));
  refuseQuotes(given);
  const parsed = SCHEMA.safeParse(given);
  if (!parsed.success) throw configErrorOf(parsed.error);
  const values = parsed.data;
  refuseContradictions(values, new Set(Object.keys(given)));
  const production = values.NODE_ENV === 'production';
  const graphql = graphqlFrom(values, production);
  const lookup = lookupFrom(values);
  refuseDataScopes(lookup, values);
  const cache = cacheFrom(values);
  const upstreamAuth = upstreamAuthFrom(values);
  const auth = authFrom(values, values.UPSTREAM_AUTH !== 'passthrough', graphql.defaultDataScope);
  const dataScopeAccess = dataScopeAccessFrom('AUTH_DATA_SCOPES', values.AUTH_DATA_SCOPES);
  refuseForbiddenDefault(graphql.defaultDataScope, dataScopeAccess, values);
  refuseUnknownCallers(cache.clientControl, auth, values);
  return Object.freeze({
    ...httpFrom(values, production),
    shutdown: shutdownFrom(values),
    ...graphql,
    ...cache,
    /** Undefined starts the embedded sandbox. */
    upstreamUrl: values.UPSTREAM_URL,
    upstreamAuth,
    upstream: upstreamLimitsFrom(values),
    network: networkFrom(values),
    lookup,
    auth,
    dataScopeAccess,
    redis: redisFrom(values),
    ...telemetryFrom(values),
    tracing: tracingFrom(env),
  });
}

/** Only a secret may begin and end with the same quote: `docker run --env-file` keeps the quotes that a shell would take away. */
function refuseQuotes(given: Readonly<Record<string, string | undefined>>): void {
  const secrets = new Set<string>(SECRETS);
  for (const name of Object.keys(VARIABLES)) {
    const value = given[name] ?? '';
    if (secrets.has(name) || !/^(["']).*\1$/s.test(value)) continue;
    throw new ConfigError(name, `The value ${value} is in quotes, which are a part of it.`, 'Take the quotes away.');
  }
}
