import { LRUCache } from 'lru-cache';
import { wholeSeconds } from '../model/errors.ts';
import { refusal } from '../model/refusals.ts';
import type { CredentialsIdentity } from '../upstream/credentials/credentials.ts';
import type { CircuitState } from '../upstream/events.ts';
import type { CustomerKey } from '../upstream/lookupRequest.ts';
import { UpstreamError } from '../upstream/payload/outcome.ts';
import type { Places } from './bounded.ts';
import type { Call, Fetch, Page, Policy } from './call.ts';

/** How long the outcome of a customer's last call counts, in milliseconds. */
const WINDOW_MS = 10_000;
/** The calls of fewer customers show that something is wrong with these customers, not with upstream. */
const MIN_CUSTOMERS = 10;
/** How long a circuit stays open before a call may probe, in milliseconds. */
const OPEN_MS = 2000;
/** How long the circuit of credentials is kept that make no calls, in milliseconds. */
const KEPT_MS = 60_000;
const MAX_KEPT = 10_000;

const NEVER = new AbortController().signal;

/** Refuses calls while upstream fails, and counts how the others end. */
export function guarded(circuits: Circuits): Policy {
  return (next) => (call) => circuits.run(call, next);
}

/**
 * Refuses at once what a circuit, the credentials or the places would refuse after its wait, so that it neither waits nor uses up
 * the budget. A call that needs a token waits for it here: behind the budget, it might come to upstream much later than counted.
 */
export function checked(circuits: Circuits, places: Places): Policy {
  return (next) => async (call) => {
    circuits.check(call);
    await call.source.obtain(call.customer);
    call.operation.signal.throwIfAborted();
    places.check(call);
    return next(call);
  };
}

/**
 * Refuses calls while upstream fails: one circuit for each credentials identity. Only failures of upstream count (see
 * `outcome.ts`), and those of a customer once in ten seconds.
 */
export class Circuits {
  readonly #circuits: LRUCache<CredentialsIdentity, Circuit>;

  /** @param onChange called when a circuit opens or closes, not when a probe fails */
  constructor(onChange: (state: 'open' | 'closed') => void) {
    this.#circuits = new LRUCache({
      max: MAX_KEPT,
      ttl: KEPT_MS,
      ttlResolution: 0,
      updateAgeOnGet: true,
      // The clock is looked up for each reading, since tests stop it.
      perf: { now: () => performance.now() },
      memoMethod: () => new Circuit(onChange),
    });
  }

  /** The worst state of any circuit, for metrics. */
  get state(): CircuitState {
    const states = new Set<CircuitState>();
    for (const { state } of this.#circuits.values()) states.add(state);
    return states.has('open') ? 'open' : states.has('half-open') ? 'half-open' : 'closed';
  }

  /** When the first of the open circuits opened, in Unix time in seconds; undefined if none is open. */
  get openSince(): number | undefined {
    const since = [...this.#circuits.values()].flatMap((circuit) => circuit.openSince ?? []);
    return since.length === 0 ? undefined : Math.min(...since);
  }

  /** @throws UPSTREAM_UNAVAILABLE while a circuit is open, so that a call that cannot be made does not queue */
  check(call: Call): void {
    this.#circuits.get(call.source.identity)?.check(call);
  }

  /** Makes a call unless the circuit of its credentials is open. A probe continues if its client leaves. */
  async run(call: Call, next: Fetch): Promise<Page> {
    const { customer } = call;
    const { identity } = call.source;
    const circuit = this.#circuits.memo(identity);
    circuit.check(call);
    const isProbe = circuit.startProbe();
    try {
      const page = await next(isProbe ? call.for({ ...call.operation, signal: NEVER }) : call);
      circuit.succeeded(customer, isProbe);
      return page;
    } catch (error) {
      if (error instanceof UpstreamError && error.consequences.opensCircuit) circuit.failed(customer, isProbe);
      // A dead connection of ours says nothing about upstream.
      else if (error instanceof UpstreamError && !error.consequences.lostConnection)
        circuit.succeeded(customer, isProbe);
      else if (isProbe) circuit.dropProbe();
      throw error;
    } finally {
      // Its call may have taken longer than a circuit without calls is kept.
      if (!this.#circuits.has(identity)) this.#circuits.set(identity, circuit);
    }
  }
}

/** How a customer's last call ended, and when. */
type Outcome = { readonly at: number; readonly failed: boolean };

/**
 * One circuit. It opens if calls for ten customers failed in ten seconds and these are at least half of the customers, or
 * nobody's call succeeded between them; or if all calls of ten seconds failed. Two seconds later, one call may probe: a
 * success closes the circuit, a failure opens it again, and after an inconclusive probe the next call may probe. Until the
 * calls of ten customers have failed, one for another customer may probe at once: it may be only these that fail.
 */
class Circuit {
  readonly #onChange: (state: 'open' | 'closed') => void;
  readonly #outcomes = new Map<CustomerKey, Outcome>();
  /** When the outcomes that count no longer were removed. */
  #sweptAt = 0;
  #failing = 0;
  /** The customers whose calls failed since the last success, and when the first of them did. */
  readonly #failedInARow = new Set<CustomerKey>();
  #failingSince = 0;
  /** When the last call ended. */
  #lastAt = 0;
  /** When a probe may be made; undefined while closed. */
  #probeAt: number | undefined;
  #probing = false;
  /** In Unix time in seconds, while it is open or tests upstream. */
  openSince: number | undefined;

  constructor(onChange: (state: 'open' | 'closed') => void) {
    this.#onChange = onChange;
  }

  get state(): CircuitState {
    if (this.#probeAt === undefined) return 'closed';
    return this.#probing ? 'half-open' : 'open';
  }

  /** @throws UPSTREAM_UNAVAILABLE with `retryAfterSeconds` while no call may be made, not even a probe */
  check(call: Pick<Call, 'customer'>): void {
    if (this.#probeAt === undefined) return;
    const waitMs = this.#probeAt - performance.now();
    const mayProbe = waitMs <= 0 || (this.#failedInARow.size < MIN_CUSTOMERS && !this.#failedInARow.has(call.customer));
    if (mayProbe && !this.#probing) return;
    throw refusal('circuit open', { retryAfterSeconds: wholeSeconds(waitMs) });
  }

  /** Makes the call that follows a `check` the probe, if one is due. */
  startProbe(): boolean {
    if (this.#probeAt === undefined) return false;
    this.#probing = true;
    return true;
  }

  /** The probe was inconclusive: the next call may probe. */
  dropProbe(): void {
    this.#probing = false;
  }

  succeeded(customer: CustomerKey, isProbe: boolean): void {
    if (isProbe) this.#close();
    // Clearing an empty Set would still make it a new table at every call.
    if (this.#failedInARow.size > 0) this.#failedInARow.clear();
    this.#record(customer, false);
  }

  failed(customer: CustomerKey, isProbe: boolean): void {
    this.#record(customer, true);
    if (this.#failedInARow.size === 0) this.#failingSince = performance.now();
    this.#failedInARow.add(customer);
    if (isProbe || (this.#probeAt === undefined && this.#isFailing)) this.#open();
  }

  get #isFailing(): boolean {
    const most = this.#failing >= MIN_CUSTOMERS && this.#failing * 2 >= this.#outcomes.size;
    const inARow = this.#failedInARow.size >= MIN_CUSTOMERS;
    return most || inARow || performance.now() - this.#failingSince >= WINDOW_MS;
  }

  #record(customer: CustomerKey, failed: boolean): void {
    const now = performance.now();
    // Only a failure decides by the outcomes. Otherwise they are swept so that they do not pile up.
    if (failed || now - this.#sweptAt >= WINDOW_MS) this.#sweep(now);
    // Without a call for so long, a failure is the first one.
    if (now - this.#lastAt >= WINDOW_MS) this.#failedInARow.clear();
    this.#lastAt = now;
    if (this.#outcomes.get(customer)?.failed) this.#failing--;
    if (failed) this.#failing++;
    this.#outcomes.set(customer, { at: now, failed });
  }

  #sweep(now: number): void {
    this.#sweptAt = now;
    for (const [customer, { at, failed }] of this.#outcomes) {
      if (at > now - WINDOW_MS) continue;
      this.#outcomes.delete(customer);
      if (failed) this.#failing--;
    }
  }

  #open(): void {
    const isNew = this.#probeAt === undefined;
    this.#probing = false;
    this.#probeAt = performance.now() + OPEN_MS;
    if (!isNew) return;
    this.openSince = Date.now() / 1000;
    this.#onChange('open');
  }

  #close(): void {
    this.#probing = false;
    this.#probeAt = undefined;
    this.openSince = undefined;
    this.#outcomes.clear();
    this.#failing = 0;
    this.#onChange('closed');
  }
}
