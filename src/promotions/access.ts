import { type Caller, mayReadCustomer, mayReadDataScope } from '../model/caller.ts';
import { GatewayError } from '../model/errors.ts';
import type { CustomerQuestion } from '../model/listing.ts';

/** A question that its caller may ask. Only `authorise` makes one, and loaders take nothing else. */
export type AuthorisedQuestion = CustomerQuestion & { readonly __brand: 'AuthorisedQuestion' };

/** @throws FORBIDDEN where this caller may not ask for this customer or data scope. */
export function authorise(question: CustomerQuestion, caller: Caller): AuthorisedQuestion {
  if (!mayReadCustomer(caller, question.identifier) || !mayReadDataScope(caller, question.dataScope)) {
    throw new GatewayError('FORBIDDEN');
  }
  return question as AuthorisedQuestion;
}
