import type { IncomingHttpHeaders } from 'node:http';
import type { CustomerIdentifier } from './identifier.ts';
import { type DataScope, dataScopeKey, orgIdsOf, type Source } from './promotionsQuery.ts';
import type { RefusalCause } from './refusals.ts';

/** A caller and what it may read. */
export type Caller = {
  /** Printable: for logs and metrics, and never personal. */
  readonly name: string;
  /** The caller's label in metrics: the name of an API key, or a group, since there may be very many callers without a key. */
  readonly group: string;
  /** Whether the gateway did not check who it is, so that only its address distinguishes it. */
  readonly isUnchecked: boolean;
  readonly customers: CustomerAccess;
  readonly dataScopes: DataScopeAccess;
  readonly sources: SourceAccess;
};

/**
 * Identifies the caller by the request's headers.
 * @param bringsCredentials whether the request has credentials of its caller for upstream
 * @throws the error that refuses the request
 */
export type Authenticator = (headers: IncomingHttpHeaders, bringsCredentials: boolean) => Promise<Caller>;

/** Which customers a caller may read: any, or its own, by the identifiers in its token. `unverified` are in it too, and give no access. */
export type CustomerAccess =
  | { readonly kind: 'any' }
  | {
      readonly kind: 'own';
      readonly identifiers: readonly CustomerIdentifier[];
      readonly unverified: readonly CustomerIdentifier[];
    };

/** In which sources a caller may look up customers. One identifier may belong to different customers in different sources. */
export type SourceAccess =
  | { readonly kind: 'any' }
  | { readonly kind: 'listed'; readonly sources: ReadonlySet<Source> };

/** Which data scopes a caller may read: any, only one, or those in `allowed`, each with its allowed organisations. */
export type DataScopeAccess =
  | { readonly kind: 'any' }
  | { readonly kind: 'only'; readonly dataScope: DataScope }
  | { readonly kind: 'listed'; readonly allowed: ReadonlyMap<DataScope['scope'], OrganisationAccess> };

/** Which organisations of a data scope a caller may read. */
export type OrganisationAccess =
  | { readonly kind: 'any' }
  | { readonly kind: 'listed'; readonly orgIds: ReadonlySet<string> };

/** The groups of callers without an API key. `passthrough` are those who bring credentials that upstream checks. */
export const GROUPS = ['jwt', 'passthrough', 'anonymous'] as const;

/** A caller that nobody checked before upstream does. */
export function unchecked(group: 'passthrough' | 'anonymous', dataScopes: DataScopeAccess): Caller {
  return {
    name: group,
    group,
    isUnchecked: true,
    customers: { kind: 'any' },
    dataScopes,
    sources: { kind: 'any' },
  };
}

/** Why a caller may not read a customer in a source; undefined if it may. */
export function customerRefusal(
  { customers, sources }: Caller,
  identifier: CustomerIdentifier,
  source: Source,
): RefusalCause | undefined {
  if (customers.kind === 'own' && !includes(customers.identifiers, identifier)) {
    return includes(customers.unverified, identifier) ? 'claim not verified' : 'customer not claimed';
  }
  return sources.kind === 'any' || sources.sources.has(source) ? undefined : 'source not allowed';
}

/** Compares identifiers by kind and canonical spelling, since an id may look like a mobile number. */
function includes(identifiers: readonly CustomerIdentifier[], identifier: CustomerIdentifier): boolean {
  const canonical = identifier.revealCanonical();
  return identifiers.some((own) => own.name === identifier.name && own.revealCanonical() === canonical);
}

/** An unset scope counts as SELF, which is upstream's default. */
export function mayReadDataScope({ dataScopes }: Pick<Caller, 'dataScopes'>, dataScope: DataScope): boolean {
  if (dataScopes.kind === 'any') return true;
  if (dataScopes.kind === 'only') return asSent(dataScope) === asSent(dataScopes.dataScope);
  const organisations = dataScopes.allowed.get(dataScope.scope === 'UNSET' ? 'SELF' : dataScope.scope);
  if (organisations === undefined) return false;
  return (
    organisations.kind === 'any' ||
    (orgIdsOf(dataScope).length > 0 && orgIdsOf(dataScope).every((id) => organisations.orgIds.has(id)))
  );
}

function asSent(dataScope: DataScope): string {
  return dataScopeKey(dataScope.scope === 'UNSET' ? { scope: 'SELF' } : dataScope);
}
