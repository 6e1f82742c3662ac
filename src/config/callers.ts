import { hash } from 'node:crypto';
import type { DataScopeAccess, OrganisationAccess, SourceAccess } from '../model/caller.ts';
import type { IdentifierName } from '../model/identifier.ts';
import { type DataScope, SOURCES } from '../model/promotionsQuery.ts';
import { ConfigError } from './configError.ts';
import { flag, items, list, oneOf, required, requiredSecret, scope, text, type ValuesOf } from './fields.ts';

/** Who may call, and what they may read. */
export const AUTH_VARIABLES = {
  AUTH_MODE: oneOf('none', 'jwt', 'api-key')
    .default('none')
    .describe(
      'Who may call: `none` checks no one, `jwt` requires a bearer token, `api-key` requires an `x-api-key` header ([who may read what](security.md#who-may-read-what))',
    ),
  AUTH_ALLOW_ANONYMOUS: flag()
    .default(false)
    .describe('`true` allows `AUTH_MODE=none` although the gateway uses its own credentials'),
  AUTH_JWKS_URL: text().optional().describe("URL of the issuer's key set; https, except for loopback"),
  AUTH_ISSUER: text().optional().describe('Required issuer (`iss`) of tokens'),
  AUTH_AUDIENCE: text().optional().describe('Required audience (`aud`) of tokens'),
  AUTH_CUSTOMER_CLAIMS: list('claim')
    .optional()
    .describe(
      "Which claims contain the customer's identifiers: `mobile=phone_number,email=email,id=capillary_id,externalId=sub`. `jwt` requires this setting or `AUTH_ANY_CUSTOMER_SCOPE`",
    ),
  AUTH_REQUIRE_VERIFIED: flag()
    .default(false)
    .describe(
      '`true` ignores a claim without a `<claim>_verified` companion. A companion that exists must always be `true`',
    ),
  AUTH_CUSTOMER_DATA_SCOPES: list('data scope')
    .optional()
    .describe(
      "Data scopes that a customer's own token may read, in the form of `AUTH_DATA_SCOPES`. Unset: only `DEFAULT_DATA_SCOPE`",
    ),
  AUTH_CUSTOMER_SOURCES: list('source')
    .default('ALL')
    .describe("Sources that a customer's own token may read, such as `INSTORE,WEBSITE`"),
  AUTH_ANY_CUSTOMER_SCOPE: scope()
    .optional()
    .describe('Scope (in `scope` or `scp`) of tokens that may read any customer'),
  AUTH_API_KEYS: list('key')
    .optional()
    .describe('API keys: `name:sha256hex,…`. The name is the caller in logs and metrics'),
  AUTH_DATA_SCOPES: list('data scope')
    .optional()
    .describe(
      'Data scopes that callers who may read any customer may read: `SELF,OTHER:50405|50406,ALL`. Unset: all. `jwt` requires `AUTH_ANY_CUSTOMER_SCOPE` for it',
    ),
} as const;

/** Which of a token's claims holds which kind of identifier. */
type ClaimMapping = readonly { readonly claim: string; readonly name: IdentifierName }[];

/** How bearer tokens are verified, and what they give access to. */
export type JwtPolicy = {
  readonly mode: 'jwt';
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly customerClaims: ClaimMapping;
  /** Whether a claim gives access only if `<claim>_verified` is present. */
  readonly requireVerified: boolean;
  /** What a customer's own token may read. */
  readonly customerDataScopes: DataScopeAccess;
  readonly customerSources: SourceAccess;
  /** The scope of tokens that may read any customer. Undefined allows it to no token. */
  readonly anyCustomerScope: string | undefined;
};

/** A key's name and its SHA-256. The gateway does not know the key itself. */
export type ApiKey = { readonly name: string; readonly sha256: Buffer };

/** How callers are told apart. */
export type AuthPolicy =
  | { readonly mode: 'none' }
  | JwtPolicy
  | { readonly mode: 'api-key'; readonly keys: readonly ApiKey[] };

type AuthValues = ValuesOf<typeof AUTH_VARIABLES>;

/**
 * @param ownCredentials whether the gateway calls upstream with its own credentials, which can read every customer
 * @param defaultDataScope the only data scope of a customer's own token, unless more are allowed
 * @throws ConfigError for a mode that lacks a variable, or that would let anonymous callers read every customer
 */
export function authFrom(values: AuthValues, ownCredentials: boolean, defaultDataScope: DataScope): AuthPolicy {
  switch (values.AUTH_MODE) {
    case 'none':
      if (ownCredentials && !values.AUTH_ALLOW_ANONYMOUS) {
        throw new ConfigError(
          'AUTH_MODE',
          'With UPSTREAM_AUTH=basic or oauth, AUTH_MODE=none would let anonymous callers read every customer.',
          'Set it to jwt or api-key. If the network admits only trusted callers, set AUTH_ALLOW_ANONYMOUS=true.',
        );
      }
      return { mode: 'none' };
    case 'jwt':
      if (values.AUTH_CUSTOMER_CLAIMS === undefined && values.AUTH_ANY_CUSTOMER_SCOPE === undefined) {
        throw new ConfigError(
          'AUTH_CUSTOMER_CLAIMS',
          'Neither this nor AUTH_ANY_CUSTOMER_SCOPE is set, so no token could read any customer.',
          'Set at least one of the two.',
        );
      }
      return {
        mode: 'jwt',
        jwksUrl: secureUrl('AUTH_JWKS_URL', required(values, 'AUTH_JWKS_URL', 'AUTH_MODE=jwt')),
        issuer: required(values, 'AUTH_ISSUER', 'AUTH_MODE=jwt'),
        audience: required(values, 'AUTH_AUDIENCE', 'AUTH_MODE=jwt'),
        customerClaims: claimsFrom(values.AUTH_CUSTOMER_CLAIMS),
        requireVerified: values.AUTH_REQUIRE_VERIFIED,
        customerDataScopes:
          values.AUTH_CUSTOMER_DATA_SCOPES === undefined
            ? { kind: 'only', dataScope: defaultDataScope }
            : dataScopeAccessFrom('AUTH_CUSTOMER_DATA_SCOPES', values.AUTH_CUSTOMER_DATA_SCOPES),
        customerSources: sourcesFrom(values.AUTH_CUSTOMER_SOURCES),
        anyCustomerScope: values.AUTH_ANY_CUSTOMER_SCOPE,
      };
    case 'api-key':
      return { mode: 'api-key', keys: keysFrom(requiredSecret(values, 'AUTH_API_KEYS', 'AUTH_MODE=api-key')) };
  }
}

/** Plain http is refused, since an attacker could replace the keys. A query is allowed, since some providers put the tenant in it. */
function secureUrl(variable: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url?.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || loopback) return text;
  throw new ConfigError(
    variable,
    'It is not an https URL.',
    'Set a URL such as https://login.example/.well-known/jwks.json. Only a loopback host may use http.',
  );
}

const KINDS: Readonly<Record<string, IdentifierName>> = {
  mobile: 'MOBILE',
  email: 'EMAIL',
  id: 'ID',
  externalId: 'EXTERNAL_ID',
};

function claimsFrom(setting: string | undefined): ClaimMapping {
  if (setting === undefined) return [];
  return items(setting).map((item) => {
    const [kind = '', claim = '', ...more] = item.split('=').map((part) => part.trim());
    const name = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (name !== undefined && claim !== '' && more.length === 0) return { claim, name };
    throw new ConfigError(
      'AUTH_CUSTOMER_CLAIMS',
      `"${item}" does not have the form identifier=claim.`,
      'Set pairs such as mobile=phone_number,email=email. Identifiers are mobile, email, id and externalId.',
    );
  });
}

/** The SHA-256 of no key, also with the line break that `echo` adds. */
const OF_NOTHING = ['', '\n'].map((key) => hash('sha256', key));

function keysFrom(setting: string): readonly ApiKey[] {
  const fix = "Set name:sha256hex,name:sha256hex, with each key's SHA-256 as 64 hex digits.";
  const keys = items(setting).map((item, index) => {
    const [, name = '', digest = ''] = /^([\w.-]{1,64}):([0-9a-f]{64})$/i.exec(item) ?? [];
    if (name === '')
      throw new ConfigError('AUTH_API_KEYS', `Entry ${index + 1} does not have the form name:sha256hex.`, fix);
    if (OF_NOTHING.includes(digest.toLowerCase())) {
      throw new ConfigError(
        'AUTH_API_KEYS',
        `The key of "${name}" is empty.`,
        'Set the SHA-256 of a key that is not empty.',
      );
    }
    return { name, sha256: Buffer.from(digest, 'hex') };
  });
  const repetition = (isSame: (key: ApiKey, other: ApiKey) => boolean) =>
    keys.find((key, index) => keys.findIndex((other) => isSame(key, other)) !== index);
  const repeated = repetition(({ name }, other) => name === other.name);
  if (repeated)
    throw new ConfigError('AUTH_API_KEYS', `The name "${repeated.name}" appears twice.`, 'Give each key its own name.');
  const shared = repetition(({ sha256 }, other) => sha256.equals(other.sha256));
  if (shared)
    throw new ConfigError(
      'AUTH_API_KEYS',
      `The key of "${shared.name}" is another name's too, so nobody could tell which of them calls.`,
      'Give each name its own key.',
    );
  return keys;
}

/** A comma-separated list of sources. */
function sourcesFrom(setting: string): SourceAccess {
  const sources = items(setting).map((item) => {
    const source = SOURCES.find((known) => known === item);
    if (source !== undefined) return source;
    throw new ConfigError(
      'AUTH_CUSTOMER_SOURCES',
      `"${item}" is not a source.`,
      `Set one or more of ${SOURCES.join(', ')}.`,
    );
  });
  return { kind: 'listed', sources: new Set(sources) };
}

/**
 * Which data scopes callers may use: a list such as `SELF,OTHER:50405|50406,ALL`. Ids after a scope are the only
 * organisations that it allows. Unset allows all.
 */
export function dataScopeAccessFrom(
  variable: 'AUTH_DATA_SCOPES' | 'AUTH_CUSTOMER_DATA_SCOPES',
  setting: string | undefined,
): DataScopeAccess {
  if (setting === undefined) return { kind: 'any' };
  const allowed = new Map<'SELF' | 'OTHER' | 'ALL', OrganisationAccess>();
  for (const item of items(setting)) {
    const [, scope, orgIds] = /^(SELF|OTHER|ALL)(?::(\d+(?:\|\d+)*))?$/.exec(item) ?? [];
    if (scope === undefined || (scope === 'SELF' && orgIds !== undefined)) {
      throw new ConfigError(
        variable,
        `"${item}" is not a data scope.`,
        'Set one or more of SELF, OTHER and ALL, separated by commas. OTHER:50405|50406 allows only these organisations.',
      );
    }
    if (allowed.has(scope as 'SELF' | 'OTHER' | 'ALL')) {
      throw new ConfigError(variable, `${scope} appears twice.`, 'Join its organisations: OTHER:50405|50406.');
    }
    allowed.set(
      scope as 'SELF' | 'OTHER' | 'ALL',
      orgIds === undefined ? { kind: 'any' } : { kind: 'listed', orgIds: new Set(orgIds.split('|')) },
    );
  }
  return { kind: 'listed', allowed };
}
