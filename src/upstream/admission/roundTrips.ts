/** The assumed duration of a call before the first one has ended, in milliseconds. */
const FIRST_MS = 100;
/** The weight of one call in the moving averages. */
const WEIGHT = 0.1;
const UNLOADED_WEIGHT = 0.05;

/** Moving averages of how long calls take, and of how many are in flight meanwhile. */
export class RoundTrips {
  #calls = 0;
  #ms = FIRST_MS;
  #inFlight = 0;
  #unloadedCalls = 0;
  #unloadedMs: number | undefined;

  /** @param inFlight how many calls were in flight meanwhile on average, including this one */
  add(ms: number, inFlight: number): void {
    const weight = Math.max(WEIGHT, 1 / ++this.#calls);
    this.#ms += (ms - this.#ms) * weight;
    this.#inFlight += (inFlight - this.#inFlight) * weight;
  }

  /** Adds a call that began while few others were in flight. */
  addUnloaded(ms: number): void {
    const weight = Math.max(UNLOADED_WEIGHT, 1 / ++this.#unloadedCalls);
    const before = this.#unloadedMs ?? ms;
    this.#unloadedMs = before + (ms - before) * weight;
  }

  /** Sets the duration of a call without load, as measured by a probe. */
  setUnloaded(ms: number): void {
    this.#unloadedMs = ms;
  }

  /** The duration of a call without load. If none is known yet, this one becomes it. */
  unloadedOr(ms: number): number {
    this.#unloadedMs ??= ms;
    return this.#unloadedMs;
  }

  /** How many times as long as without load calls take. */
  get longer(): number {
    return this.#ms / (this.#unloadedMs ?? this.#ms);
  }

  /**
   * The milliseconds until this many calls have ended (Little's law).
   * @param atOnce the minimum number of calls in flight meanwhile
   */
  msUntilEnded(calls: number, atOnce: number): number {
    return (calls * this.#ms) / Math.max(this.#inFlight, atOnce);
  }
}
