import { type Caller, mayReadCustomer, mayReadDataScope, mayReadSource } from '../model/caller.ts';
import { GatewayError } from '../model/errors.ts';
import type { CustomerReference } from '../model/promotionsQuery.ts';

/** A question that its caller may ask. Only `authorise` makes one, and loaders take nothing else. */
export type AuthorisedCustomer = CustomerReference & { readonly __brand: 'AuthorisedCustomer' };

/** @throws FORBIDDEN where this caller may not ask for this customer or data scope. */
export function authorise(question: CustomerReference, caller: Caller): AuthorisedCustomer {
  if (
    !mayReadCustomer(caller, question.identifier) ||
    !mayReadSource(caller, question.source) ||
    !mayReadDataScope(caller, question.dataScope)
  ) {
    throw new GatewayError('FORBIDDEN');
  }
  return question as AuthorisedCustomer;
}
