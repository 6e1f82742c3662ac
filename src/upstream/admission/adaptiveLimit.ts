/** The initial limit, and the assumed duration of a call until the first one has ended. */
const FIRST_PLACES = 20;
const FIRST_ROUND_TRIP_MS = 100;
/** How much longer than without a load calls may last before places are taken away. */
const TOLERANCE = 1.5;
/** The fewest calls that are weighed together. */
const MIN_WINDOW = 10;
const PROBE_EVERY_MS = 10_000;
/** After a probe that found calls to be a tenth shorter than was thought: perhaps they are shorter still. */
const PROBE_AGAIN_MS = 1000;
/** How much one call moves the moving average of all. */
const WEIGHT = 0.1;

/** Calls that are weighed together: those that began since then. */
type Window = { readonly since: number; calls: number; failed: number; answeredMs: number; peak: number };

/**
 * How many calls upstream bears at once, learnt from how long they last: the gradient algorithm of Netflix's
 * concurrency-limits and Envoy's adaptive concurrency filter
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/adaptive_concurrency_filter).
 * Calls that last longer than without a load wait for each other at upstream: then places are taken away in proportion.
 * Else there are more, by the square root of their number (twice as many until the first are taken away). How long calls
 * last without a load is seen while few places are taken; under a steady load half of the places are left empty for a
 * moment every ten seconds to see it. It takes data and returns data: the bulkhead has the calls.
 */
export class AdaptiveLimit {
  readonly #ceiling: number;
  readonly #now: () => number;
  #limit: number;
  /** Mean milliseconds of a call without a load. */
  #unloadedMs: number | undefined;
  #roundTripMs = FIRST_ROUND_TRIP_MS;
  #window: Window;
  #isDoubling = true;
  #nextProbeAt: number;
  /** Places while probing. */
  #probe: number | undefined;

  /**
   * @param ceiling never more places than this
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

  /** How long a call waits behind so many others for a place, in milliseconds, if all places are taken. */
  msBehind(ahead: number): number {
    return ((ahead + 1) * this.#roundTripMs) / Math.floor(this.#limit);
  }

  /**
   * Adjusts the limit after a call that upstream has answered.
   * @param startedAt when it began, on the same clock
   * @param failed whether upstream failed, by saying so or by not answering in time
   * @param inFlight how many calls were under way at its end, with itself
   */
  record(startedAt: number, failed: boolean, inFlight: number): void {
    const now = this.#now();
    const durationMs = now - startedAt;
    this.#roundTripMs += (durationMs - this.#roundTripMs) * WEIGHT;
    // After a change of the places, what began before it says nothing of them; nor does what began while a probe waits
    // for the calls to get fewer.
    if (this.#window.since === Number.POSITIVE_INFINITY && inFlight <= this.places) this.#window = windowSince(now);
    const window = this.#window;
    if (startedAt < window.since) return;
    window.calls++;
    window.peak = Math.max(window.peak, inFlight);
    if (failed) window.failed++;
    else window.answeredMs += durationMs;
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
  return { since, calls: 0, failed: 0, answeredMs: 0, peak: 0 };
}

/** Mean milliseconds of the calls that were answered, undefined if none was. */
function meanOf({ calls, failed, answeredMs }: Window): number | undefined {
  return calls > failed ? answeredMs / (calls - failed) : undefined;
}
