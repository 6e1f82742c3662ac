import { GatewayError } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { UpstreamPage, Window } from '../model/page.ts';
import type { PromotionsQuery } from '../model/promotionsQuery.ts';
import { Bulkhead } from './admission/bulkhead.ts';
import { CircuitBreaker } from './admission/circuitBreaker.ts';
import { RateLimiter } from './admission/rateLimiter.ts';
import { RetryBudget, withRetries } from './admission/retry.ts';
import { SingleFlight } from './admission/singleFlight.ts';
import type { CallBudget } from './admission/tokenBucket.ts';
import {
  type Credentials,
  type CredentialsSource,
  type MISSING_CREDENTIALS,
  requireCredentials,
} from './credentials/credentials.ts';
import type { EndedCall, UpstreamEvents } from './events.ts';
import { type PageKey, pageKey, queryKey } from './key.ts';
import { pageOf } from './payload/response.ts';
import { lookupHeaders, lookupPath } from './request.ts';
import type { Transport } from './transport.ts';

/** How many upstream calls one operation made, and how many it was spared. */
export type CallStats = { made: number; deduplicated: number; queued: number; retried: number };

/** A call as a trace sees it. */
export type CallTrace = {
  readonly headers: Readonly<Record<string, string>>;
  end(call: Omit<EndedCall, 'requestId'>): void;
};

/** On whose behalf calls are made: one operation of one caller. */
export type CallContext = {
  readonly credentials: CredentialsSource | typeof MISSING_CREDENTIALS;
  /** The caller's printable name: whom the queues are fair to. */
  readonly caller: string;
  readonly requestId: string;
  /** Aborted when the client goes away or the operation's deadline passes: it ends what only this operation waits for. */
  readonly signal: AbortSignal;
  readonly stats: CallStats;
  /** Starts the trace of one call; its headers go upstream with it. */
  readonly startTrace: () => CallTrace;
};

export type UpstreamClientOptions = {
  readonly transport: Transport;
  readonly hash: KeyedHash;
  readonly budget: CallBudget;
  /** Most milliseconds that a call waits for the budget. */
  readonly queueMs: number;
  readonly concurrency: number;
  readonly retries: number;
  readonly events: UpstreamEvents;
};

/** One call of the gateway: which page, for whom, filed under which key. */
type Call = {
  readonly query: PromotionsQuery;
  readonly window: Window;
  readonly source: CredentialsSource;
  readonly key: PageKey;
};

/**
 * Makes calls as upstream can bear them. From outside in: identical calls are one (SingleFlight); a failure worth it is
 * retried (withRetries); nothing is asked while upstream is failing (CircuitBreaker), over its budget (RateLimiter) or with too
 * much under way (Bulkhead).
 */
export class UpstreamClient {
  readonly #options: UpstreamClientOptions;
  readonly #shared = new SingleFlight<PageKey, UpstreamPage>();
  readonly #retryBudget = new RetryBudget();
  readonly #breaker: CircuitBreaker;
  readonly #rate: RateLimiter;
  readonly #concurrency: Bulkhead;

  constructor(options: UpstreamClientOptions) {
    this.#options = options;
    this.#breaker = new CircuitBreaker((state) => options.events.circuitChanged(state));
    this.#rate = new RateLimiter(options.budget, options.queueMs);
    this.#concurrency = new Bulkhead(options.concurrency);
  }

  /**
   * The entries of a query in a window of at most 100.
   * @throws GatewayError with the code that the catalogue has for what went wrong, or the signal's reason.
   */
  async fetchPage(query: PromotionsQuery, window: Window, context: CallContext): Promise<UpstreamPage> {
    const source = requireCredentials(context.credentials);
    const key = pageKey(queryKey(this.#options.hash, source.identity, query), window);
    const call: Call = { query, window, source, key };
    return this.#shared.join(
      key,
      context.signal,
      (signal) => this.#fetch(call, context, signal),
      () => {
        context.stats.deduplicated++;
      },
    );
  }

  /** What waits, and what may still be retried: for metrics. */
  get state() {
    return {
      waiting: this.#rate.waiting,
      retriesLeft: this.#retryBudget.left(),
      budgetLeft: this.#options.budget.left(),
      circuit: this.#breaker.state,
    };
  }

  #fetch(call: Call, context: CallContext, signal: AbortSignal): Promise<UpstreamPage> {
    return withRetries(
      () => this.#authenticated(call, context, signal),
      {
        retries: this.#options.retries,
        budget: this.#retryBudget,
        onRetry: () => {
          context.stats.retried++;
        },
      },
      signal,
    );
  }

  /** Once more with other credentials, where upstream refused these and there are others. */
  async #authenticated(call: Call, context: CallContext, signal: AbortSignal): Promise<UpstreamPage> {
    this.#breaker.check();
    const credentials = await call.source.obtain();
    try {
      return await this.#admitted(call, credentials, context, signal);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.upstream?.status !== 401) throw error;
      const renewed = await call.source.renew(credentials);
      if (renewed === undefined) throw error;
      return this.#admitted(call, renewed, context, signal);
    }
  }

  async #admitted(
    call: Call,
    credentials: Credentials,
    context: CallContext,
    signal: AbortSignal,
  ): Promise<UpstreamPage> {
    if (await this.#rate.pass(call.source.identity, context.caller, signal)) context.stats.queued++;
    return this.#concurrency.run(`${call.source.identity} ${context.caller}`, signal, () =>
      this.#breaker.run(call.key, () => this.#attempt(call, credentials, context, signal)),
    );
  }

  async #attempt(
    call: Call,
    credentials: Credentials,
    context: CallContext,
    signal: AbortSignal,
  ): Promise<UpstreamPage> {
    const { transport, events } = this.#options;
    const startedAt = performance.now();
    const trace = context.startTrace();
    const end = (status: number | undefined, outcome: EndedCall['outcome']) => {
      const ended = { status, outcome, durationMs: performance.now() - startedAt };
      trace.end(ended);
      events.callEnded({ requestId: context.requestId, ...ended });
    };
    context.stats.made++;
    try {
      const path = lookupPath(call.query, call.window);
      const headers = { ...lookupHeaders(call.query, credentials, context.requestId), ...trace.headers };
      const answer = await transport.get(path, headers, signal);
      const { page, drift } = pageOf(answer);
      if (drift.length > 0) events.drifted(drift);
      end(answer.status, 'OK');
      return page;
    } catch (error) {
      const known = error instanceof GatewayError ? error : undefined;
      end(known?.upstream?.status, known?.code ?? 'ABORTED');
      if (known?.code === 'UPSTREAM_RATE_LIMITED') this.#rate.pause(call.source.identity, known.retryAfterSeconds ?? 1);
      throw error;
    }
  }
}
