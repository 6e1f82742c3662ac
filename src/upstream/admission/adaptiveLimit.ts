import { RoundTrips } from './roundTrips.ts';

/** The initial limit. */
const FIRST_PLACES = 20;
/** How much longer than without load calls may take before the limit is lowered. */
const TOLERANCE = 1.5;
/** The minimum number of calls in a window. */
const MIN_WINDOW = 10;
const PROBE_EVERY_MS = 10_000;
/** The minimum number of places of a probe. */
const MIN_PROBE = 3;
/** One of this many probes is thorough. */
const THOROUGH_EVERY = 3;
/** Calls that get shorter than this with half of the places had waited for each other in upstream. */
const SHORTER = 0.75;
/** If calls that have to wait arrive over a longer time than this, they are a load and not the burst of one operation. */
const BURST_MS = 600;

/** What the end of a call says about upstream: nothing if it was aborted or never made. */
export type Verdict = 'responded' | 'failed' | 'nothing';

/** The calls of the process: in flight (including this one) and waiting for a place. */
export type Load = { readonly inFlight: number; readonly waiting: number };

/** A number of calls that begin one after the other. The limit adapts when all of them have ended. */
type Window = {
  readonly size: number;
  started: number;
  ended: number;
  failed: number;
  succeededMs: number;
};

/** A call in flight: when it began, how many calls were in flight then, and its window. */
export type StartedCall = { readonly at: number; readonly inFlight: number; readonly window: Window | undefined };

/** A probe measures how long calls take with fewer places. `beforeMs` is how long they took with twice as many. */
type Probe = { readonly places: number; readonly beforeMs: number };

/**
 * How many calls upstream can handle at once, learnt from how long they take. This is the gradient algorithm of Netflix's
 * concurrency-limits and Envoy's adaptive concurrency filter
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/adaptive_concurrency_filter).
 * If calls take longer than without load, they wait for each other at upstream, and the limit is lowered in proportion.
 * Otherwise it is raised by its square root, or doubled until it is first lowered.
 *
 * How long calls take without load is learnt from calls that begin while few others are in flight. Under constant load
 * there are no such calls. Then a probe halves the number of places every ten seconds, and halves it again while calls get
 * shorter. The bulkhead reports each call to this class when it waits, begins and ends.
 */
export class AdaptiveLimit {
  readonly #ceiling: number;
  readonly #now: () => number;
  readonly #roundTrips = new RoundTrips();
  #limit: number;
  #isDoubling = true;
  /** Undefined while a probe waits until only as many calls are in flight as it has places. */
  #window: Window | undefined;
  #probe: Probe | undefined;
  #probes = 0;
  #nextProbeAt: number;
  /** When calls began to wait, and when the last of them arrived. */
  #waiting: { readonly since: number; last: number } | undefined;

  /**
   * @param ceiling the maximum of the limit
   * @param now a monotonic clock in milliseconds
   */
  constructor(ceiling: number, now: () => number = () => performance.now()) {
    this.#ceiling = ceiling;
    this.#now = now;
    this.#limit = Math.min(ceiling, FIRST_PLACES);
    this.#window = this.#newWindow();
    this.#nextProbeAt = now();
  }

  /** How many calls may be in flight now. */
  get places(): number {
    return this.#probe?.places ?? Math.floor(this.#limit);
  }

  /** The milliseconds until this many calls have ended, if all places are taken. */
  msUntilEnded(calls: number): number {
    if (!this.#isBurst) return this.#roundTrips.msUntilEnded(calls, this.places / 2);
    // The limit changes while a burst waits.
    const gradient = TOLERANCE / this.#roundTrips.longer;
    const growth = gradient < 1 ? gradient : this.#isDoubling ? 2 : 1;
    return this.#roundTrips.msUntilEnded(calls, Math.min(this.#ceiling, this.places * growth));
  }

  /** A call has to wait for a place, or is refused. */
  wait(): void {
    const last = this.#now();
    this.#waiting ??= { since: last, last };
    this.#waiting.last = last;
  }

  /** A call has begun. @returns the value to pass to `end` */
  start({ inFlight, waiting }: Load): StartedCall {
    const at = this.#now();
    if (waiting === 0) this.#endWaiting();
    const window = this.#window;
    // A call with few others in flight does not show what upstream can handle.
    const isWeighed = window !== undefined && window.started < window.size && inFlight >= this.places / 2;
    if (isWeighed) window.started++;
    return { at, inFlight, window: isWeighed ? window : undefined };
  }

  /** A call has ended. The limit adapts with the last call of a window. */
  end(call: StartedCall, verdict: Verdict, { inFlight, waiting }: Load): void {
    const now = this.#now();
    if (waiting === 0) this.#endWaiting();
    if (this.#window === undefined && inFlight <= this.places) this.#window = this.#newWindow();
    const durationMs = now - call.at;
    if (verdict !== 'nothing') this.#roundTrips.add(durationMs, (call.inFlight + inFlight) / 2);
    if (verdict === 'responded' && call.inFlight <= Math.max(1, this.places / 4))
      this.#roundTrips.addUnloaded(durationMs);
    const { window } = call;
    if (window === undefined) return;
    if (verdict === 'nothing') {
      // Another call takes its part in the window.
      window.started--;
      return;
    }
    window.ended++;
    if (verdict === 'failed') window.failed++;
    else window.succeededMs += durationMs;
    if (window === this.#window && window.ended === window.size) this.#weigh(window, now);
  }

  get #isBurst(): boolean {
    return this.#waiting === undefined || this.#waiting.last - this.#waiting.since < BURST_MS;
  }

  /** No call is waiting. A probe ends, because without load it would only delay the next burst. */
  #endWaiting(): void {
    this.#waiting = undefined;
    if (this.#probe === undefined) return;
    this.#probe = undefined;
    this.#window = this.#newWindow();
  }

  #weigh(window: Window, now: number): void {
    const probe = this.#probe;
    if (probe === undefined) this.#adapt(window, now);
    else this.#endProbe(probe, meanOf(window) ?? probe.beforeMs, now);
  }

  #adapt(window: Window, now: number): void {
    const meanMs = meanOf(window);
    const longer = meanMs === undefined ? 1 : meanMs / this.#roundTrips.unloadedOr(meanMs);
    const gradient = Math.min(1, Math.max(0.5, TOLERANCE / longer)) * (1 - window.failed / window.ended);
    if (gradient < 1) this.#isDoubling = false;
    const from = this.#limit;
    const next = this.#isDoubling ? from * 2 : from * gradient + Math.sqrt(from);
    this.#limit = Math.min(this.#ceiling, Math.max(1, next));
    this.#window = this.#newWindow();
    if (meanMs !== undefined && now >= this.#nextProbeAt && !this.#isBurst) this.#startProbe(from, meanMs);
  }

  #newWindow(): Window {
    const size = Math.max(MIN_WINDOW, Math.floor(this.places / 2));
    return { size, started: 0, ended: 0, failed: 0, succeededMs: 0 };
  }

  #startProbe(from: number, beforeMs: number): void {
    const places = Math.min(Math.floor(from), Math.max(MIN_PROBE, Math.floor(from / 2)));
    this.#probe = { places, beforeMs };
    this.#window = undefined;
  }

  #endProbe({ places, beforeMs }: Probe, meanMs: number, now: number): void {
    const change = meanMs / this.#roundTrips.unloadedOr(meanMs);
    const isShorter = meanMs < SHORTER * beforeMs;
    if (isShorter) this.#limit = Math.min(this.#limit, places * 2 + 1);
    // A probe with too few places costs throughput, so most probes end at about the known duration.
    const isThorough = this.#probes % THOROUGH_EVERY === 0 || change < SHORTER;
    const goesOn = places > MIN_PROBE && (change > TOLERANCE || (isShorter && isThorough));
    if (!goesOn || change < 1) this.#roundTrips.setUnloaded(meanMs);
    if (goesOn) {
      this.#startProbe(places, meanMs);
      return;
    }
    this.#probe = undefined;
    this.#probes++;
    this.#nextProbeAt = now + PROBE_EVERY_MS;
    this.#window = this.#newWindow();
  }
}

/** The mean duration of the calls that succeeded, in milliseconds; undefined if none did. */
function meanOf({ ended, failed, succeededMs }: Window): number | undefined {
  return ended > failed ? succeededMs / (ended - failed) : undefined;
}
