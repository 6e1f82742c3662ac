import { type DataScope, orgIdsOf } from './dataScope.ts';
import type { CustomerIdentifier } from './identifier.ts';

/** Who asks, and what it may ask for. */
export type Caller = {
  /** Printable: for logs and metrics, and never personal. */
  readonly name: string;
  /** What metrics count it under: bearers of tokens are too many to be told apart there. */
  readonly group: string;
  readonly customers: CustomerAccess;
  readonly dataScopes: DataScopeAccess;
};

/** Which customers a caller may ask for: any, or those by whose identifiers its token vouches for it. */
export type CustomerAccess =
  | { readonly kind: 'any' }
  | { readonly kind: 'own'; readonly identifiers: readonly CustomerIdentifier[] };

/** Which data scopes a caller may name; `allowed` holds each scope with the only organisations it may name in it. */
export type DataScopeAccess =
  | { readonly kind: 'any' }
  | { readonly kind: 'listed'; readonly allowed: ReadonlyMap<DataScope['scope'], OrganisationAccess> };

export type OrganisationAccess =
  | { readonly kind: 'any' }
  | { readonly kind: 'listed'; readonly orgIds: ReadonlySet<string> };

/** The caller where the gateway does not ask who calls. */
export function anonymous(dataScopes: DataScopeAccess): Caller {
  return { name: 'anonymous', group: 'anonymous', customers: { kind: 'any' }, dataScopes };
}

/** Compared in canonical spelling and by kind: an id is not a mobile number that looks like it. */
export function mayReadCustomer({ customers }: Caller, identifier: CustomerIdentifier): boolean {
  if (customers.kind === 'any') return true;
  const canonical = identifier.revealCanonical();
  return customers.identifiers.some((own) => own.name === identifier.name && own.revealCanonical() === canonical);
}

/** Upstream's default without a header is SELF, so that is what an unset scope counts as. */
export function mayReadDataScope({ dataScopes }: Caller, dataScope: DataScope): boolean {
  if (dataScopes.kind === 'any') return true;
  const organisations = dataScopes.allowed.get(dataScope.scope === 'UNSET' ? 'SELF' : dataScope.scope);
  if (organisations === undefined) return false;
  return (
    organisations.kind === 'any' ||
    (orgIdsOf(dataScope).length > 0 && orgIdsOf(dataScope).every((id) => organisations.orgIds.has(id)))
  );
}
