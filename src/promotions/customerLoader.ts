import type { Caller } from '../model/caller.ts';
import { type DataScope, dataScopeKey, dataScopeOf } from '../model/dataScope.ts';
import { badUserInput } from '../model/errors.ts';
import { CustomerIdentifier, IDENTIFIER_NAMES, type IdentifierName } from '../model/identifier.ts';
import { SOURCES, type Source } from '../model/promotionsQuery.ts';
import { type AuthorisedCustomer, authorise } from './access.ts';

/** A customer that was asked for and may be: nothing has been asked of upstream yet. */
export type RequestedCustomer = { readonly question: AuthorisedCustomer };

export type LookUpLimits = {
  /** Most identifiers that `customers` takes. */
  readonly maxCustomers: number;
  /** The source of a customer referred to by `id` alone. */
  readonly defaultSource: Source;
};

/** How a data scope reaches a question: its argument counts, else what the request's headers or the configuration say. */
export type ScopeArgument = { readonly scope: string; readonly orgIds?: readonly string[] | null } | null | undefined;

export type IdentifierArgument = { readonly name: IdentifierName; readonly value: string };

/** A representation of a Customer entity, as a router sends it: by `id`, or by identifier and source. */
export type CustomerRepresentation = {
  readonly id?: unknown;
  readonly identifier?: { readonly name?: unknown; readonly value?: unknown } | null;
  readonly source?: unknown;
};

/** The one way from what a caller names to a customer that may be asked for; every way in goes through `#lookUp`. */
export class CustomerLoader {
  readonly #caller: Caller;
  readonly #scopeOfRequest: () => DataScope;
  readonly #limits: LookUpLimits;
  readonly #lookedUp = new Map<string, RequestedCustomer>();
  #requestScope: DataScope | undefined;

  /** @param scopeOfRequest the data scope without an argument; may throw BAD_USER_INPUT for bad request headers. */
  constructor(caller: Caller, scopeOfRequest: () => DataScope, limits: LookUpLimits) {
    this.#caller = caller;
    this.#scopeOfRequest = scopeOfRequest;
    this.#limits = limits;
  }

  /** @throws BAD_USER_INPUT for a bad identifier or data scope, FORBIDDEN for a customer or scope not this caller's. */
  one(identifier: IdentifierArgument, source: Source, scope: ScopeArgument): RequestedCustomer {
    return this.#lookUp(identifier, source, this.#scope(scope));
  }

  /**
   * Each member fails by itself, with the errors of `one`.
   * @throws BAD_USER_INPUT for more identifiers than allowed, or a bad data scope.
   */
  many(identifiers: readonly IdentifierArgument[], source: Source, scope: ScopeArgument): Promise<RequestedCustomer>[] {
    if (identifiers.length > this.#limits.maxCustomers) {
      throw badUserInput(
        `${identifiers.length} identifiers are more than the ${this.#limits.maxCustomers} that one question takes. Ask in several.`,
      );
    }
    const dataScope = this.#scope(scope);
    return identifiers.map(async (identifier) => this.#lookUp(identifier, source, dataScope));
  }

  /** @throws BAD_USER_INPUT for a representation with neither key, or an identifier name or source not of the schema's. */
  represented({ id, identifier, source }: CustomerRepresentation): RequestedCustomer {
    const dataScope = this.#scope(undefined);
    if (identifier) {
      const name = IDENTIFIER_NAMES.find((known) => known === identifier.name);
      const knownSource = SOURCES.find((known) => known === source);
      if (name === undefined || knownSource === undefined || typeof identifier.value !== 'string') {
        throw badUserInput(
          'A Customer is referred to by an identifier { name value } and a source of the schema, as strings.',
        );
      }
      return this.#lookUp({ name, value: identifier.value }, knownSource, dataScope);
    }
    if (typeof id !== 'string' && typeof id !== 'number') {
      throw badUserInput('A Customer is referred to by its id, or by identifier { name value } and source.');
    }
    return this.#lookUp({ name: 'ID', value: String(id) }, this.#limits.defaultSource, dataScope);
  }

  #scope(argument: ScopeArgument): DataScope {
    if (argument) return dataScopeOf(argument.scope, argument.orgIds ?? []);
    this.#requestScope ??= this.#scopeOfRequest();
    return this.#requestScope;
  }

  /** A customer named twice in one operation, letter by letter the same, is one. */
  #lookUp({ name, value }: IdentifierArgument, source: Source, dataScope: DataScope): RequestedCustomer {
    const key = `${name} ${source} ${dataScopeKey(dataScope)} ${value}`;
    let customer = this.#lookedUp.get(key);
    if (customer === undefined) {
      const identifier = CustomerIdentifier.of(name, value);
      customer = { question: authorise({ identifier, source, dataScope }, this.#caller) };
      this.#lookedUp.set(key, customer);
    }
    return customer;
  }
}
