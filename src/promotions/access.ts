import { type Caller, customerRefusal, mayReadDataScope } from '../model/caller.ts';
import { badUserInput, GatewayError } from '../model/errors.ts';
import { CustomerIdentifier, IDENTIFIER_NAMES, type IdentifierName } from '../model/identifier.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import {
  type CustomerReference,
  type DataScope,
  dataScopeOf,
  type PromotionsList,
  SOURCES,
  type Source,
} from '../model/promotionsQuery.ts';
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

export type IdentifierArgument = { readonly name: IdentifierName; readonly value: string };

/** Turns identifiers into customers that the caller of one operation may read. No method makes an upstream call. */
export class Customers {
  readonly #caller: Caller;
  readonly #ids: KeyedHash;
  readonly #maxCustomers: number;
  /** The customers of this operation, by source, name and spelling: it may ask for one under many aliases. */
  readonly #known = new Map<string, AuthorisedCustomer>();
  readonly #knownIds = new Map<AuthorisedCustomer, string>();

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
    const spelling = `${source} ${name} ${value}`;
    let customer = this.#known.get(spelling);
    if (customer === undefined) {
      customer = authoriseCustomer({ identifier: CustomerIdentifier.of(name, value), source }, this.#caller);
      this.#known.set(spelling, customer);
    }
    return customer;
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
  idOf(customer: AuthorisedCustomer): string {
    let id = this.#knownIds.get(customer);
    if (id === undefined) {
      const { identifier, source } = customer;
      id = this.#ids.of('customer', identifier.name, identifier.reveal(), source);
      this.#knownIds.set(customer, id);
    }
    return id;
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The argument `dataScope` of a list. */
export type DataScopeArgument =
  | { readonly scope: string; readonly orgIds?: readonly string[] | null }
  | null
  | undefined;

/** Turns arguments and headers into data scopes that the caller may read, for one operation. */
export class DataScopes {
  readonly #caller: Caller;
  readonly #scopeOfRequest: () => DataScope;
  readonly #available: boolean;
  /** What the request's data scope is, or why it is refused. */
  #ofRequest: AuthorisedDataScope | GatewayError | undefined;

  /**
   * @param scopeOfRequest the data scope of the request's headers, else the default; may throw BAD_USER_INPUT
   * @param available whether upstream's path supports data scopes
   */
  constructor(caller: Caller, scopeOfRequest: () => DataScope, available: boolean) {
    this.#caller = caller;
    this.#scopeOfRequest = scopeOfRequest;
    this.#available = available;
  }

  /** The data scope of a list: its argument, else the request's. @throws BAD_USER_INPUT, or FORBIDDEN if the caller may not read it */
  ofList(argument: DataScopeArgument): AuthorisedDataScope {
    if (!argument) return this.ofRequest();
    return this.#authorised(dataScopeOf(argument.scope, argument.orgIds ?? []));
  }

  /** The data scope of fields without the argument. @throws what `ofList` throws */
  ofRequest(): AuthorisedDataScope {
    this.#ofRequest ??= orError(() => this.#authorised(this.#scopeOfRequest()));
    if (this.#ofRequest instanceof GatewayError) throw this.#ofRequest;
    return this.#ofRequest;
  }

  #authorised(dataScope: DataScope): AuthorisedDataScope {
    if (dataScope.scope !== 'UNSET' && !this.#available) {
      throw badUserInput(
        'Data scopes are not available, since this organisation is not connected to others. Leave the data scope out.',
      );
    }
    return authoriseDataScope(dataScope, this.#caller);
  }
}

function orError<Value>(make: () => Value): Value | GatewayError {
  try {
    return make();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}
