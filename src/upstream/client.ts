import type { KeyedHash } from '../model/keyedHash.ts';
import { totalsOf, type UpstreamPage, type Window } from '../model/page.ts';
import type { PromotionIds } from '../model/promotionIds.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import type { CallBudget } from './admission/callBudget.ts';
import { Circuits } from './admission/circuits.ts';
import { Places } from './admission/places.ts';
import { RateLimiter } from './admission/rateLimiter.ts';
import { RetryBudget, withRetries } from './admission/retry.ts';
import { SingleFlight } from './admission/singleFlight.ts';
import { type CallResult, type ReceivedPage, resultOf } from './callResult.ts';
import type { Credentials, CredentialsSource, MISSING_CREDENTIALS } from './credentials/credentials.ts';
import type { EndedCall, UpstreamEvents } from './events.ts';
import { type CustomerKey, customerKey, type PageKey, type PageRequest, pageKey, pageRequest } from './key.ts';
import { refusesCredentials, refusesLimitZero, UpstreamError } from './payload/outcome.ts';
import { pageOf } from './payload/response.ts';
import type { LookupRequests } from './request.ts';
import type { Transport } from './transport.ts';

/** How many upstream calls one operation made and saved. */
export type CallStats = { made: number; deduplicated: number; queued: number; retried: number };

/** The trace of one call. */
export type CallTrace = {
  /** 32 hexadecimal digits, for the log; undefined if tracing is off. */
  readonly traceId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  end(call: Omit<EndedCall, 'requestId' | 'traceId' | 'caller'>): void;
};

/** The operation that calls are made for. */
export type CallContext = {
  readonly credentials: CredentialsSource | typeof MISSING_CREDENTIALS;
  /** The caller's printable name: queues are fair between callers. */
  readonly caller: string;
  /** The caller's label in metrics. */
  readonly callerGroup: string;
  readonly requestId: string;
  /** Aborted when the client disconnects or the operation's deadline passes. It ends calls that only this operation needs. */
  readonly signal: AbortSignal;
  readonly stats: CallStats;
  /** Starts the trace of one call. Its headers are sent upstream. */
  readonly startTrace: () => CallTrace;
  /** No call is shared that began before this (`performance.now()`), since it may be too old. */
  readonly notBefore?: number;
};

export type UpstreamClientOptions = {
  readonly transport: Transport;
  readonly requests: LookupRequests;
  readonly hash: KeyedHash;
  readonly budget: CallBudget;
  /** The longest wait of a call for the budget, and for a place, in milliseconds. */
  readonly queueMs: number;
  /** The maximum number of calls in flight. */
  readonly concurrency: number;
  /** When a call without a response ends, in milliseconds. */
  readonly timeoutMs: number;
  readonly retries: number;
  readonly events: UpstreamEvents;
  readonly promotionIds: PromotionIds;
};

/** One call: its path, its query, its credentials and its customer. */
type Call = {
  readonly path: string;
  readonly query: PromotionsQuery;
  readonly source: CredentialsSource;
  readonly customer: CustomerKey;
  /** The operation that it is made for now. A shared call may outlive the operation that started it. */
  readonly context: () => CallContext;
};

/**
 * Makes upstream calls. From outside in: identical calls are one (SingleFlight); retryable failures are retried
 * (withRetries); no call is made while upstream is failing (Circuits), the budget is used up (RateLimiter) or the
 * number of calls in flight is reached (Places).
 */
export class UpstreamClient {
  readonly #options: UpstreamClientOptions;
  readonly #shared = new SingleFlight<PageKey, CallResult, CallContext>();
  readonly #retryBudget = new RetryBudget();
  readonly #circuits: Circuits;
  readonly #rate: RateLimiter;
  readonly #places: Places;
  #refusesLimitZero = false;

  constructor(options: UpstreamClientOptions) {
    this.#options = options;
    this.#circuits = new Circuits(options.events.circuitChanged);
    this.#rate = new RateLimiter(options.budget, options.queueMs);
    const { queueMs, timeoutMs } = options;
    this.#places = new Places({ max: options.concurrency, queueMs, timeoutMs });
  }

  /**
   * The entries of a query in a window of at most 100.
   * @throws GatewayError, or the signal's reason
   */
  async fetchPage(query: PromotionsQuery, window: Window, context: CallContext): Promise<UpstreamPage> {
    const result = await this.call(pageRequest(this.#options.hash, context.credentials, query, window), context);
    if (result.kind === 'error') throw result.error;
    return result.page;
  }

  /** Like `fetchPage`, but returns errors and the time of the call. @throws only the signal's reason */
  async call({ source, key: queryKey, query, window }: PageRequest, context: CallContext): Promise<CallResult> {
    const { hash, requests } = this.#options;
    const key = pageKey(queryKey, window);
    const made = () => ({ startedBy: context, startedAt: performance.now() });
    return this.#shared.join(
      key,
      context,
      (signal, current) => {
        const customer = customerKey(hash, query);
        const call = (requested: Window): Call => {
          const path = requests.path(query, requested);
          return { path, query, source, customer, context: current };
        };
        const page = window.limit === 0 ? this.#fetchTotals(call, window, signal) : this.#fetch(call(window), signal);
        return resultOf(page, made());
      },
      () => {
        context.stats.deduplicated++;
      },
    );
  }

  /** The queues and the retry budget, for metrics. */
  get state() {
    return {
      waiting: this.#rate.waiting,
      pausedMs: this.#rate.longestPauseMs,
      concurrency: this.#places.state,
      retriesLeft: this.#retryBudget.left(),
      budgetLeft: this.#options.budget.left(),
      circuit: this.#circuits.state,
    };
  }

  /** A page without entries. If upstream refuses a limit of 0, one entry is requested and removed. */
  async #fetchTotals(call: (window: Window) => Call, window: Window, signal: AbortSignal): Promise<ReceivedPage> {
    if (!this.#refusesLimitZero) {
      try {
        return await this.#fetch(call(window), signal);
      } catch (error) {
        if (!refusesLimitZero(error)) throw error;
        if (!this.#refusesLimitZero) this.#options.events.limitZeroRefused();
        this.#refusesLimitZero = true;
      }
    }
    const received = await this.#fetch(call({ offset: window.offset, limit: 1 }), signal);
    return { ...received, page: totalsOf(received.page, window) };
  }

  #fetch(call: Call, signal: AbortSignal): Promise<ReceivedPage> {
    return withRetries(
      () => this.#authenticated(call, signal),
      {
        retries: this.#options.retries,
        budget: this.#retryBudget,
        onRetry: () => {
          call.context().stats.retried++;
        },
      },
      signal,
    );
  }

  /** Repeats the call with new credentials if upstream refuses these and there are new ones. */
  async #authenticated(call: Call, signal: AbortSignal): Promise<ReceivedPage> {
    this.#circuits.check(call.source.identity);
    for (let credentials = await call.source.obtain(); ; ) {
      try {
        const page = await this.#admitted(call, credentials, signal);
        call.source.accepted(credentials);
        return page;
      } catch (error) {
        if (!refusesCredentials(error)) {
          if (error instanceof UpstreamError && error.meaning === 'refused') call.source.accepted(credentials);
          throw error;
        }
        const renewed = await call.source.renew(credentials);
        if (renewed === undefined) throw error;
        credentials = renewed;
      }
    }
  }

  async #admitted(call: Call, credentials: Credentials, signal: AbortSignal): Promise<ReceivedPage> {
    const { identity, account } = call.source;
    const { caller, stats } = call.context();
    const lane = `${identity} ${caller}`;
    this.#places.check(lane);
    const { callWaited } = this.#options.events;
    const arrivedAt = performance.now();
    if (await this.#rate.pass(account, caller, signal)) stats.queued++;
    const passedAt = performance.now();
    callWaited('budget', passedAt - arrivedAt);
    return this.#places.run(lane, call.customer, signal, () => {
      callWaited('concurrency', performance.now() - passedAt);
      return this.#circuits.run(identity, call.customer, signal, (ending) => this.#attempt(call, credentials, ending));
    });
  }

  async #attempt(call: Call, credentials: Credentials, signal: AbortSignal): Promise<ReceivedPage> {
    const { transport, requests, events, promotionIds } = this.#options;
    const { requestId, callerGroup, startTrace, stats } = call.context();
    const startedAt = performance.now();
    const trace = startTrace();
    const end = (status: number | undefined, outcome: EndedCall['outcome'], error?: UpstreamError) => {
      const durationMs = performance.now() - startedAt;
      const ended = { kind: 'lookup', status, outcome, error, durationMs } as const;
      trace.end(ended);
      events.callEnded({ requestId, traceId: trace.traceId, caller: callerGroup, ...ended });
    };
    stats.made++;
    try {
      const headers = { ...requests.headers(call.query, credentials, requestId), ...trace.headers };
      const response = await transport.get(call.path, headers, signal);
      const { page, drift } = pageOf(response, (customerId) => promotionIds.prefix(customerId, call.query));
      if (drift.length > 0) events.drifted(drift);
      end(response.status, 'OK');
      return { kind: 'page', page, body: response.body };
    } catch (error) {
      if (error instanceof UpstreamError) {
        end(error.upstream?.status, error.code, error);
        if (error.meaning === 'throttled') this.#rate.pause(call.source.account, error.retryAfterSeconds ?? 1);
      } else end(undefined, signal.aborted ? 'ABORTED' : 'INTERNAL_SERVER_ERROR');
      throw error;
    }
  }
}
