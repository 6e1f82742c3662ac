import { type DataScope, dataScopeOf, UNSET_DATA_SCOPE } from '../model/promotionsQuery.ts';
import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { flag, headerText, text, type ValuesOf, wholeNumber } from './fields.ts';

/** Which operations are accepted, what they may cost, and the defaults of their arguments. */
export const GRAPHQL_VARIABLES = {
  DEFAULT_DATA_SCOPE: text()
    .optional()
    .describe(
      "Data scope if neither the argument nor the headers name one: `SELF`, `ALL`, `OTHER:50405,50406`. Unset: upstream's default",
    ),
  MAX_CUSTOMERS: wholeNumber(1, 10_000).default(50).describe('Maximum identifiers in `customers`'),
  MAX_PROMOTIONS: wholeNumber(10, 100_000)
    .default(1000)
    .describe('Maximum value of `limit` and `first`. At least 10, which a list without them asks for'),
  MAX_UPSTREAM_CALLS: wholeNumber(1, 100_000)
    .default(100)
    .describe(
      'Maximum upstream calls of one operation, [counted before it runs](security.md#what-an-operation-may-cost)',
    ),
  MAX_RESPONSE_BYTES: wholeNumber(1024, 1_000_000_000)
    .default(5_000_000)
    .describe('Maximum size of a response; work on a larger one stops'),
  MAX_TOKENS: wholeNumber(1, 1_000_000).default(4000).describe('Maximum tokens in a document'),
  INTROSPECTION: flag().optional().describe('Whether introspection is on. Unset: only outside production'),
  PERSISTED_OPERATIONS: text()
    .optional()
    .describe('Path of a manifest of [trusted documents](trusted-documents.md): only these are accepted, by id'),
  DEBUG_TOKEN: headerText()
    .optional()
    .describe(
      'Required value of the header `x-gateway-debug` for costs in a response. Unset: outside production any value is accepted, in production none',
    ),
} as const;

/** @throws ConfigError for an invalid default data scope */
export function graphqlFrom(values: ValuesOf<typeof GRAPHQL_VARIABLES>, production: boolean) {
  return {
    defaultDataScope: dataScopeFrom(values.DEFAULT_DATA_SCOPE),
    limits: {
      maxCustomers: values.MAX_CUSTOMERS,
      maxPromotions: values.MAX_PROMOTIONS,
      maxUpstreamCalls: values.MAX_UPSTREAM_CALLS,
      maxResponseBytes: values.MAX_RESPONSE_BYTES,
      maxTokens: values.MAX_TOKENS,
    },
    introspection: values.INTROSPECTION ?? !production,
    /** Path of the manifest of trusted documents, the only ones accepted; undefined accepts all. */
    persistedOperations: values.PERSISTED_OPERATIONS,
    debug: debugFrom(values.DEBUG_TOKEN, production),
  };
}

/** Who may see what a request cost: no one, anyone who asks, or only callers with the token. */
export type DebugPolicy =
  | { readonly kind: 'off' }
  | { readonly kind: 'anyone' }
  | { readonly kind: 'token'; readonly token: Secret };

function debugFrom(token: string | undefined, production: boolean): DebugPolicy {
  if (token !== undefined) return { kind: 'token', token: new Secret(token) };
  return { kind: production ? 'off' : 'anyone' };
}

/** `SELF`, `ALL`, `OTHER:50405` or `OTHER:50405,50406`. */
function dataScopeFrom(setting: string | undefined): DataScope {
  if (setting === undefined) return UNSET_DATA_SCOPE;
  const [, scope = '', orgIds] = /^([^:]*)(?::(.*))?$/s.exec(setting) ?? [];
  try {
    return dataScopeOf(scope, orgIds === undefined ? [] : orgIds.split(','));
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'Invalid data scope.';
    throw new ConfigError('DEFAULT_DATA_SCOPE', problem, 'Set it to SELF, ALL, or OTHER:50405,50406, or unset it.');
  }
}
