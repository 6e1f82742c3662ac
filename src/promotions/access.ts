import { type Caller, customerRefusal, mayReadDataScope } from '../model/caller.ts';
import type { DataScope } from '../model/dataScope.ts';
import type { CustomerReference, PromotionsList } from '../model/promotionsQuery.ts';
import { refusal } from '../model/refusals.ts';

/** A customer that its caller may read. Only `authoriseCustomer` makes one, and loaders accept nothing else. */
export type AuthorisedCustomer = CustomerReference & {
  /** The same for all spellings of one customer. It is personal data, so it stays within one operation. */
  readonly key: string;
  readonly __brand: 'AuthorisedCustomer';
};

/** A data scope that its caller may read. Only `authoriseDataScope` makes one, and loaders accept nothing else. */
export type AuthorisedDataScope = DataScope & { readonly __brand: 'AuthorisedDataScope' };

/** A list whose data scope its caller may read. */
export type AuthorisedList = PromotionsList & { readonly dataScope: AuthorisedDataScope };

/** @throws FORBIDDEN if this caller may not read this customer in this source. */
export function authoriseCustomer(customer: CustomerReference, caller: Caller): AuthorisedCustomer {
  const { identifier, source } = customer;
  const refused = customerRefusal(caller, identifier, source);
  if (refused !== undefined) throw refusal(refused);
  const key = `${source} ${identifier.name} ${identifier.revealCanonical()}`;
  return { identifier, source, key } as AuthorisedCustomer;
}

/** @throws FORBIDDEN if this caller may not read this data scope. */
export function authoriseDataScope(dataScope: DataScope, caller: Caller): AuthorisedDataScope {
  if (!mayReadDataScope(caller, dataScope)) throw refusal('data scope not allowed');
  return dataScope as AuthorisedDataScope;
}
