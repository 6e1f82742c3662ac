import type { Caller } from '../model/caller.ts';
import { badUserInput } from '../model/errors.ts';
import { CustomerIdentifier, IDENTIFIER_NAMES, type IdentifierName } from '../model/identifier.ts';
import { SOURCES, type Source } from '../model/promotionsQuery.ts';
import { type AuthorisedCustomer, authoriseCustomer } from './access.ts';

/** A customer that its caller may read. No upstream call has been made yet. */
export type RequestedCustomer = { readonly customer: AuthorisedCustomer };

export type LookupLimits = {
  /** The maximum number of identifiers of `customers`. */
  readonly maxCustomers: number;
  /** The source of a customer referred to only by `id`. */
  readonly defaultSource: Source;
};

export type IdentifierArgument = { readonly name: IdentifierName; readonly value: string };

/** A representation of a Customer entity, as a router sends it: by `id`, or by identifier and source. */
export type CustomerRepresentation = {
  readonly id?: unknown;
  readonly identifier?: { readonly name?: unknown; readonly value?: unknown } | null;
  readonly source?: unknown;
};

/** Turns identifiers into customers that the caller may read. All methods check access in `#lookUp`. */
export class CustomerLoader {
  readonly #caller: Caller;
  readonly #limits: LookupLimits;
  readonly #lookedUp = new Map<string, RequestedCustomer>();

  constructor(caller: Caller, limits: LookupLimits) {
    this.#caller = caller;
    this.#limits = limits;
  }

  /** @throws BAD_USER_INPUT for a bad identifier, FORBIDDEN for a customer that this caller may not read. */
  one(identifier: IdentifierArgument, source: Source): RequestedCustomer {
    return this.#lookUp(identifier, source);
  }

  /**
   * Each customer fails separately, with the errors of `one`.
   * @throws BAD_USER_INPUT for more identifiers than allowed.
   */
  many(identifiers: readonly IdentifierArgument[], source: Source): Promise<RequestedCustomer>[] {
    const { maxCustomers } = this.#limits;
    if (identifiers.length > maxCustomers) {
      throw badUserInput(`customers accepts at most ${maxCustomers} identifiers, got ${identifiers.length}.`);
    }
    return identifiers.map(async (identifier) => this.#lookUp(identifier, source));
  }

  /** @throws BAD_USER_INPUT for a representation without a key, or with an identifier name or source not in the schema. */
  represented({ id, identifier, source }: CustomerRepresentation): RequestedCustomer {
    if (identifier) {
      const name = IDENTIFIER_NAMES.find((known) => known === identifier.name);
      const knownSource = SOURCES.find((known) => known === source);
      if (name === undefined || knownSource === undefined || typeof identifier.value !== 'string') {
        throw badUserInput(
          'A Customer representation must have identifier.name, identifier.value and source with values of the schema.',
        );
      }
      return this.#lookUp({ name, value: identifier.value }, knownSource);
    }
    if (typeof id !== 'string' && typeof id !== 'number') {
      throw badUserInput('A Customer representation must have id, or identifier { name value } and source.');
    }
    return this.#lookUp({ name: 'ID', value: String(id) }, this.#limits.defaultSource);
  }

  /** The same identifier twice in one operation gives the same customer. */
  #lookUp({ name, value }: IdentifierArgument, source: Source): RequestedCustomer {
    const key = `${name} ${source} ${value}`;
    let customer = this.#lookedUp.get(key);
    if (customer === undefined) {
      const identifier = CustomerIdentifier.of(name, value);
      customer = { customer: authoriseCustomer({ identifier, source }, this.#caller) };
      this.#lookedUp.set(key, customer);
    }
    return customer;
  }
}
