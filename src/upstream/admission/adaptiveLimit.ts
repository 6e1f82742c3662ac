/** The initial limit, and the assumed duration of a call until the first one has ended. */
const FIRST_PLACES = 20;
const FIRST_ROUND_TRIP_MS = 100;
/** How much longer than without load calls may take before the limit is lowered. */
const TOLERANCE = 1.5;
/** The minimum number of calls in a window. */
const MIN_WINDOW = 10;
const PROBE_EVERY_MS = 10_000;
/** The time to the next probe after one in which calls were a tenth shorter: they may be even shorter. */
const PROBE_AGAIN_MS = 1000;
/** The weight of one call in the moving average. */
const WEIGHT = 0.1;

/** A window of calls: those that began at `since` or later. */
type Window = { readonly since: number; calls: number; failed: number; succeededMs: number; peak: number };

/**
 * The number of calls that upstream can handle at once, computed from their durations. It is the gradient algorithm of
 * Netflix's concurrency-limits and Envoy's adaptive concurrency filter
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/adaptive_concurrency_filter).
 * If calls take longer than without load, they wait for each other at upstream, and the limit is lowered in proportion.
 * Otherwise it is raised by its square root, or doubled until it is first lowered. The duration without load is measured
 * while few calls are in flight. Under a steady load, half of the places are left empty for a moment every ten seconds to
 * measure it. This class only computes; the bulkhead makes the calls.
 */
export class AdaptiveLimit {
  readonly #ceiling: number;
  readonly #now: () => number;
  #limit: number;
  /** The mean duration of a call without load, in milliseconds. */
  #unloadedMs: number | undefined;
  #roundTripMs = FIRST_ROUND_TRIP_MS;
  #window: Window;
  #isDoubling = true;
  #nextProbeAt: number;
  /** Places while probing. */
  #probe: number | undefined;

  /**
   * @param ceiling the maximum of the limit
   * @param now a monotonic clock in milliseconds
   */
  constructor(ceiling: number, now: () => number = () => performance.now()) {
    this.#ceiling = ceiling;
    this.#now = now;
    this.#limit = Math.min(ceiling, FIRST_PLACES);
    this.#window = windowSince(now());
    this.#nextProbeAt = now() + PROBE_AGAIN_MS;
  }

  /** How many calls may be in flight now. */
  get places(): number {
    return this.#probe ?? Math.floor(this.#limit);
  }

  /** How long a call waits behind this many others for a place if all are taken, in milliseconds. */
  msBehind(ahead: number): number {
    return ((ahead + 1) * this.#roundTripMs) / Math.floor(this.#limit);
  }

  /**
   * Adjusts the limit after a call with a response or a failure of upstream.
   * @param startedAt when it began, on the same clock
   * @param failed whether upstream failed, by an error or without a response in time
   * @param inFlight the number of calls in flight at its end, this one included
   */
  record(startedAt: number, failed: boolean, inFlight: number): void {
    const now = this.#now();
    const durationMs = now - startedAt;
    this.#roundTripMs += (durationMs - this.#roundTripMs) * WEIGHT;
    // Calls that began before the limit changed say nothing about the new limit. The same is true for calls that began while
    // a probe waits for fewer calls in flight.
    if (this.#window.since === Number.POSITIVE_INFINITY && inFlight <= this.places) this.#window = windowSince(now);
    const window = this.#window;
    if (startedAt < window.since) return;
    window.calls++;
    window.peak = Math.max(window.peak, inFlight);
    if (failed) window.failed++;
    else window.succeededMs += durationMs;
    if (window.calls < Math.max(MIN_WINDOW, this.places / 2)) return;
    this.#window = windowSince(now);
    if (this.#probe === undefined) this.#adapt(window, now);
    else this.#endProbe(window, now);
  }

  #adapt(window: Window, now: number): void {
    const meanMs = meanOf(window);
    this.#unloadedMs ??= meanMs;
    if (window.peak < this.#limit / 2) {
      if (this.#unloadedMs !== undefined && meanMs !== undefined) this.#unloadedMs = (this.#unloadedMs + meanMs) / 2;
      this.#nextProbeAt = now + PROBE_EVERY_MS;
      return;
    }
    const longer = meanMs === undefined || this.#unloadedMs === undefined ? 1 : meanMs / this.#unloadedMs;
    const gradient = Math.min(1, Math.max(0.5, TOLERANCE / longer)) * (1 - window.failed / window.calls);
    if (gradient < 1) this.#isDoubling = false;
    const more = this.#isDoubling ? this.#limit : Math.sqrt(this.#limit);
    this.#limit = Math.min(this.#ceiling, Math.max(1, this.#limit * gradient + more));
    if (now < this.#nextProbeAt) return;
    this.#probe = Math.max(1, Math.floor(this.#limit / 2));
    this.#window = windowSince(Number.POSITIVE_INFINITY);
  }

  #endProbe(window: Window, now: number): void {
    const meanMs = meanOf(window) ?? this.#unloadedMs;
    const isShorter = meanMs !== undefined && meanMs < 0.9 * (this.#unloadedMs ?? meanMs);
    this.#nextProbeAt = now + (isShorter ? PROBE_AGAIN_MS : PROBE_EVERY_MS);
    this.#unloadedMs = meanMs;
    this.#probe = undefined;
  }
}

function windowSince(since: number): Window {
  return { since, calls: 0, failed: 0, succeededMs: 0, peak: 0 };
}

/** The mean duration of the calls that did not fail, in milliseconds; undefined if all failed. */
function meanOf({ calls, failed, succeededMs }: Window): number | undefined {
  return calls > failed ? succeededMs / (calls - failed) : undefined;
}
