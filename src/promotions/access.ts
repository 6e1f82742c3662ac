import type { Caller } from '../model/caller.ts';
import type { CustomerQuestion } from '../model/listing.ts';

/** A question that its caller may ask. Only `authorise` makes one, and loaders take nothing else. */
export type AuthorisedQuestion = CustomerQuestion & { readonly __brand: 'AuthorisedQuestion' };

/** @throws FORBIDDEN where this caller may not ask for this customer or data scope. */
export function authorise(question: CustomerQuestion, caller: Caller): AuthorisedQuestion {
  switch (caller.access.kind) {
    case 'any-customer':
      return question as AuthorisedQuestion;
  }
}
