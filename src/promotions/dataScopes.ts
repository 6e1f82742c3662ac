import type { Caller } from '../model/caller.ts';
import { type DataScope, dataScopeOf } from '../model/dataScope.ts';
import { type AuthorisedDataScope, authoriseDataScope } from './access.ts';

/** The argument `dataScope` of a list. */
export type DataScopeArgument =
  | { readonly scope: string; readonly orgIds?: readonly string[] | null }
  | null
  | undefined;

/** Turns arguments and headers into data scopes that the caller may read, for one operation. */
export class DataScopes {
  readonly #caller: Caller;
  readonly #scopeOfRequest: () => DataScope;
  #ofRequest: AuthorisedDataScope | undefined;

  /** @param scopeOfRequest the data scope of the request's headers, else the default; may throw BAD_USER_INPUT */
  constructor(caller: Caller, scopeOfRequest: () => DataScope) {
    this.#caller = caller;
    this.#scopeOfRequest = scopeOfRequest;
  }

  /** The data scope of a list: its argument, else the request's. @throws BAD_USER_INPUT, or FORBIDDEN if the caller may not read it */
  ofList(argument: DataScopeArgument): AuthorisedDataScope {
    if (!argument) return this.ofRequest();
    return authoriseDataScope(dataScopeOf(argument.scope, argument.orgIds ?? []), this.#caller);
  }

  /** The data scope of fields without the argument. @throws what `ofList` throws */
  ofRequest(): AuthorisedDataScope {
    this.#ofRequest ??= authoriseDataScope(this.#scopeOfRequest(), this.#caller);
    return this.#ofRequest;
  }
}
