import type { Caller } from '../model/caller.ts';
import { badUserInput } from '../model/errors.ts';
import { CustomerIdentifier, IDENTIFIER_NAMES, type IdentifierName } from '../model/identifier.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import { SOURCES, type Source } from '../model/promotionsQuery.ts';
import { type AuthorisedCustomer, authoriseCustomer } from './access.ts';

export type IdentifierArgument = { readonly name: IdentifierName; readonly value: string };

/** Turns identifiers into customers that the caller of one operation may read. No method makes an upstream call. */
export class Customers {
  readonly #caller: Caller;
  readonly #ids: KeyedHash;
  readonly #maxCustomers: number;

  /**
   * @param ids under a secret key, since an identifier could be guessed from its hash otherwise
   * @param maxCustomers the maximum number of identifiers of `many`
   */
  constructor(caller: Caller, ids: KeyedHash, maxCustomers: number) {
    this.#caller = caller;
    this.#ids = ids;
    this.#maxCustomers = maxCustomers;
  }

  /** @throws BAD_USER_INPUT for a bad identifier, FORBIDDEN for a customer that this caller may not read. */
  one({ name, value }: IdentifierArgument, source: Source): AuthorisedCustomer {
    return authoriseCustomer({ identifier: CustomerIdentifier.of(name, value), source }, this.#caller);
  }

  /**
   * Each customer fails separately, with the errors of `one`.
   * @throws BAD_USER_INPUT for more identifiers than allowed.
   */
  many(identifiers: readonly IdentifierArgument[], source: Source): Promise<AuthorisedCustomer>[] {
    if (identifiers.length > this.#maxCustomers) {
      throw badUserInput(`customers accepts at most ${this.#maxCustomers} identifiers, got ${identifiers.length}.`);
    }
    return identifiers.map(async (identifier) => this.one(identifier, source));
  }

  /**
   * The customer that a router's representation refers to: `__typename`, `identifier { name value }` and `source`.
   * @throws BAD_USER_INPUT for anything else, and what `one` throws
   */
  represented(representation: unknown): AuthorisedCustomer {
    const { __typename, identifier, source } = membersOf(representation);
    if (__typename !== 'Customer') {
      throw badUserInput('Only Customer entities can be resolved. Send representations with __typename "Customer".');
    }
    const { name, value } = membersOf(identifier);
    const knownName = IDENTIFIER_NAMES.find((known) => known === name);
    const knownSource = SOURCES.find((known) => known === source);
    if (knownName === undefined || knownSource === undefined || typeof value !== 'string') {
      throw badUserInput(
        'A Customer representation must have identifier.name, identifier.value and source with values of the schema.',
      );
    }
    return this.one({ name: knownName, value }, knownSource);
  }

  /** An opaque id of a customer as it was looked up: the same for the same identifier, as it was written, and source. */
  idOf({ identifier, source }: AuthorisedCustomer): string {
    return this.#ids.of('customer', identifier.name, identifier.reveal(), source);
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
