import { type CacheStats, emptyCacheStats } from '../cache/entry.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { Moment } from '../model/moment.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import {
  type CredentialsSource,
  type RequestCredentials,
  requireCredentials,
} from '../upstream/credentials/credentials.ts';
import type { CallTrace } from '../upstream/events.ts';
import {
  type CustomerKey,
  customerKey,
  type PageKey,
  pageKey,
  type QueryKey,
  queryKey,
} from '../upstream/lookupRequest.ts';

/** How many upstream calls one operation made and saved. */
export type CallStats = { made: number; deduplicated: number; queued: number; retried: number };

/** Of an operation that has made no call yet. */
export function emptyCallStats(): CallStats {
  return { made: 0, deduplicated: 0, queued: 0, retried: 0 };
}

/** What a call is made for: the operation that asked for it first, whoever else waits, or one without a client (`withoutClient`). */
export type Operation = {
  readonly credentials: RequestCredentials;
  /** The caller's printable name: queues are fair between callers. */
  readonly caller: string;
  /** The caller's label in metrics. */
  readonly callerGroup: string;
  readonly requestId: string;
  /** Aborted when the client disconnects or the operation's deadline passes. It ends calls that only this operation needs. */
  readonly signal: AbortSignal;
  /** Whether the client asks for new pages: neither a cached one nor one of a call that began before. */
  readonly anew: boolean;
  readonly stats: CallStats;
  readonly cacheStats: CacheStats;
  /** Starts the trace of one call. Its headers are sent upstream. */
  readonly startCall: () => CallTrace;
};

/** The same operation without its client: a call for it is aborted by this signal, and counts for nobody. */
export function withoutClient(operation: Operation, signal: AbortSignal): Operation {
  return { ...operation, signal, anew: false, stats: emptyCallStats(), cacheStats: emptyCacheStats() };
}

/** A page as upstream sent it. */
export type Page = {
  readonly content: UpstreamPage;
  /** The bytes of its JSON, in UTF-8. */
  readonly body: Buffer;
  /** When the call began whose response it is (`performance.now()`). The page may lack what happened later. */
  readonly beganAt: number;
  /** The store's time before that call. Undefined without a cache, or if the store could not be read. */
  readonly decidedAt: Moment | undefined;
};

/**
 * One question to upstream: a window of at most 100 entries of a query, for an operation. It cannot be made without credentials,
 * and its keys hold them and the data scope, so that nothing is shared with another caller or scope.
 */
export class Call {
  readonly query: PromotionsQuery;
  readonly window: Window;
  readonly operation: Operation;
  readonly source: CredentialsSource;
  /** When the operation needed the page (`performance.now()`). */
  readonly neededAt: number;
  /** No call is shared that began before this (`performance.now()`), since it may be too old. */
  readonly notBefore: number;
  readonly #hash: KeyedHash;
  #decidedAt: Moment | undefined;
  #queryKey: QueryKey | undefined;
  #customer: CustomerKey | undefined;

  /** @throws UNAUTHENTICATED without credentials */
  constructor(
    hash: KeyedHash,
    query: PromotionsQuery,
    window: Window,
    operation: Operation,
    neededAt = performance.now(),
    notBefore = operation.anew ? neededAt : 0,
  ) {
    this.#hash = hash;
    this.query = query;
    this.window = window;
    this.operation = operation;
    this.source = requireCredentials(operation.credentials);
    this.neededAt = neededAt;
    this.notBefore = notBefore;
  }

  /** The key of the query under these credentials, for what is kept. */
  get queryKey(): QueryKey {
    this.#queryKey ??= queryKey(this.#hash, this.source.identity, this.query);
    return this.#queryKey;
  }

  /** The key of this page of the query: calls of equal keys are one call. */
  get key(): PageKey {
    return pageKey(this.queryKey, this.window);
  }

  /** The key of the customer, however it is asked. */
  get customer(): CustomerKey {
    this.#customer ??= customerKey(this.#hash, this.query);
    return this.#customer;
  }

  /** The store's time when it was decided to make the call, for its page. */
  get decidedAt(): Moment | undefined {
    return this.#decidedAt;
  }

  /** The same call, decided at this time of the store. */
  decided(at: Moment | undefined): Call {
    const call = this.#with({});
    call.#decidedAt = at;
    return call;
  }

  /** The same call, made again after it was needed: it shares no call from before. */
  again(): Call {
    return this.#with({ notBefore: this.neededAt });
  }

  /** The same call for another window. */
  of(window: Window): Call {
    return this.#with({ window });
  }

  /** The same call, made for another operation with these credentials. */
  for(operation: Operation): Call {
    return this.#with({ operation });
  }

  #with({ window = this.window, operation = this.operation, notBefore = this.notBefore }): Call {
    const call = new Call(this.#hash, this.query, window, operation, this.neededAt, notBefore);
    call.#decidedAt = this.#decidedAt;
    call.#queryKey = this.#queryKey;
    call.#customer = this.#customer;
    return call;
  }
}

/** Gets the page of a call. @throws GatewayError, or the reason of the operation's signal */
export type Fetch = (call: Call) => Promise<Page>;

/** What stands between a call and upstream: it gets the page from `next`, or answers, refuses or repeats the call. */
export type Policy = (next: Fetch) => Fetch;

/** The policies around a fetch. The first one sees a call first, and its outcome last. */
export function stack(policies: readonly Policy[], fetch: Fetch): Fetch {
  return policies.reduceRight((next, policy) => policy(next), fetch);
}
