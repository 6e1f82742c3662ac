import type { CredentialsIdentity } from '../credentials/credentials.ts';
import type { PageKey } from '../key.ts';
import { opensCircuit, UpstreamError } from '../payload/outcome.ts';
import { CircuitBreaker, type CircuitState, circuitOpen } from './circuitBreaker.ts';
import { FailureWindow, WINDOW_MS } from './failureWindow.ts';

/** The calls that a circuit stops: those of one credentials identity, or all. */
export type CircuitScope = 'credentials' | 'upstream';

/** The circuit opens for all calls if at least this many identities fail, and more than half of those that call. */
const MIN_FAILING_IDENTITIES = 10;

/** How long the client of a probe waits for its result, in milliseconds. */
const PROBE_WAIT_MS = 1000;

type Circuit = { readonly breaker: CircuitBreaker; readonly window: FailureWindow };

/** How an identity's last call ended, and when. */
type Vote = { readonly at: number; readonly failed: boolean };

type Options = {
  readonly onChange: (scope: CircuitScope, state: CircuitState) => void;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
  readonly probeWaitMs?: number;
};

const NEVER = new AbortController().signal;

/**
 * Refuses calls while upstream is failing: one circuit for each credentials identity, and one for upstream as a whole.
 * The failures of one identity open only that identity's circuit; the circuit of the whole opens if most identities
 * fail. Only failures of upstream count (see `outcome.ts`). A request that fails repeatedly counts once in ten seconds, so
 * that one customer with a broken payload cannot open the circuit for others.
 */
export class CircuitBreakers {
  readonly #options: Options;
  readonly #now: () => number;
  readonly #whole: CircuitBreaker;
  readonly #circuits = new Map<CredentialsIdentity, Circuit>();
  /** In the order of the calls. */
  readonly #votes = new Map<CredentialsIdentity, Vote>();
  readonly #failedAt = new Map<PageKey, number>();
  #failingVotes = 0;
  #sweptAt = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#whole = new CircuitBreaker(this.#now, (state) => options.onChange('upstream', state));
  }

  /** The worst state of any circuit, for metrics. */
  get state(): CircuitState {
    const states = new Set([this.#whole.state]);
    for (const { breaker } of this.#circuits.values()) states.add(breaker.state);
    return states.has('open') ? 'open' : states.has('half-open') ? 'half-open' : 'closed';
  }

  /** @throws UPSTREAM_UNAVAILABLE while a circuit is open, so that a call that cannot be made does not queue */
  check(identity: CredentialsIdentity): void {
    this.#whole.check();
    this.#circuits.get(identity)?.breaker.check();
  }

  /**
   * Makes a call unless a circuit is open.
   * A probe continues if its client disconnects, and its client waits for at most a second.
   * @throws what `check` or `call` throws
   */
  run<Result>(
    identity: CredentialsIdentity,
    key: PageKey,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    this.check(identity);
    const circuit = this.#circuitOf(identity);
    const probed = [circuit.breaker, this.#whole].filter((breaker) => breaker.startProbe());
    if (probed.length === 0) return this.#counted(identity, circuit, key, probed, () => call(signal));
    return this.#inTime(this.#counted(identity, circuit, key, probed, () => call(NEVER)));
  }

  async #counted<Result>(
    identity: CredentialsIdentity,
    circuit: Circuit,
    key: PageKey,
    probed: readonly CircuitBreaker[],
    call: () => Promise<Result>,
  ): Promise<Result> {
    try {
      const result = await call();
      this.#succeeded(identity, circuit, key, probed);
      return result;
    } catch (error) {
      if (opensCircuit(error)) this.#failed(identity, circuit, key, probed);
      else if (error instanceof UpstreamError) this.#succeeded(identity, circuit, key, probed);
      else for (const breaker of probed) breaker.dropProbe();
      throw error;
    }
  }

  #succeeded(
    identity: CredentialsIdentity,
    { window }: Circuit,
    key: PageKey,
    probed: readonly CircuitBreaker[],
  ): void {
    this.#failedAt.delete(key);
    window.record(false);
    this.#vote(identity, false);
    if (probed.length === 0) return;
    window.clear();
    if (probed.includes(this.#whole)) this.#clearVotes();
    for (const breaker of probed) breaker.close();
  }

  #failed(
    identity: CredentialsIdentity,
    { breaker, window }: Circuit,
    key: PageKey,
    probed: readonly CircuitBreaker[],
  ): void {
    for (const each of probed) each.open();
    if (this.#failedRecently(key)) return;
    this.#failedAt.set(key, this.#now());
    window.record(true);
    this.#vote(identity, true);
    if (breaker.state === 'closed' && window.isFailing) breaker.open();
    const most = this.#failingVotes >= MIN_FAILING_IDENTITIES && this.#failingVotes * 2 > this.#votes.size;
    if (this.#whole.state === 'closed' && most) this.#whole.open();
  }

  #vote(identity: CredentialsIdentity, failed: boolean): void {
    const now = this.#now();
    this.#deleteVote(identity);
    this.#votes.set(identity, { at: now, failed });
    if (failed) this.#failingVotes++;
    for (const [old, { at }] of this.#votes) {
      if (at > now - WINDOW_MS) break;
      this.#deleteVote(old);
    }
  }

  #deleteVote(identity: CredentialsIdentity): void {
    if (this.#votes.get(identity)?.failed) this.#failingVotes--;
    this.#votes.delete(identity);
  }

  #clearVotes(): void {
    this.#votes.clear();
    this.#failingVotes = 0;
  }

  #failedRecently(key: PageKey): boolean {
    const since = this.#now() - WINDOW_MS;
    for (const [old, at] of this.#failedAt) {
      if (at > since) break;
      this.#failedAt.delete(old);
    }
    return this.#failedAt.has(key);
  }

  #circuitOf(identity: CredentialsIdentity): Circuit {
    let circuit = this.#circuits.get(identity);
    if (circuit === undefined) {
      const breaker = new CircuitBreaker(this.#now, (state) => this.#options.onChange('credentials', state));
      circuit = { breaker, window: new FailureWindow(this.#now) };
      this.#deleteIdle();
      this.#circuits.set(identity, circuit);
    }
    return circuit;
  }

  /** Callers that keep sending new credentials must not fill the memory. It sweeps at most once a second. */
  #deleteIdle(): void {
    const now = this.#now();
    if (this.#circuits.size < 1000 || now - this.#sweptAt < 1000) return;
    this.#sweptAt = now;
    for (const [identity, { breaker, window }] of this.#circuits) {
      if (breaker.state === 'closed' && window.isEmpty) this.#circuits.delete(identity);
    }
  }

  #inTime<Result>(probe: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(circuitOpen(0)), this.#options.probeWaitMs ?? PROBE_WAIT_MS);
      probe.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}
