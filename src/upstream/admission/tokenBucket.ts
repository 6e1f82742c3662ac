import type { CredentialsIdentity } from '../credentials/credentials.ts';

/**
 * How many calls a credentials identity may still make. `take` takes one, or says in how many milliseconds to come
 * again; `msUntil` estimates how long the `n`-th call from now has to wait; `left` is what
 * the identity with the least left may make at once.
 */
export type CallBudget = {
  take(identity: CredentialsIdentity): number | Promise<number>;
  msUntil(identity: CredentialsIdentity, n: number): number;
  left(): number;
};

/** A budget without a bound. */
export const UNBOUNDED: CallBudget = { take: () => 0, msUntil: () => 0, left: () => Number.POSITIVE_INFINITY };

/** A sweep looks at all buckets, so that it is not done for every new identity. */
const SWEEP_EVERY_MS = 1000;

type Bucket = { tokens: number; at: number };

/**
 * A token bucket for each identity. A tenth of a minute's calls may go at once and the rest is spaced evenly, so that no
 * minute, wherever it begins, sees more than `perMinute`.
 */
export class TokenBuckets implements CallBudget {
  readonly #burst: number;
  readonly #perMs: number;
  readonly #now: () => number;
  readonly #buckets = new Map<CredentialsIdentity, Bucket>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#burst = Math.max(1, Math.floor(perMinute / 10));
    this.#perMs = Math.max(perMinute - this.#burst, 0.5) / 60_000;
    this.#now = now;
  }

  take(identity: CredentialsIdentity): number {
    const bucket = this.#bucket(identity);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.ceil((1 - bucket.tokens) / this.#perMs);
  }

  msUntil(identity: CredentialsIdentity, n: number): number {
    return Math.max(0, (n - this.#bucket(identity).tokens) / this.#perMs);
  }

  left(): number {
    let least = this.#burst;
    for (const identity of this.#buckets.keys()) least = Math.min(least, Math.floor(this.#bucket(identity).tokens));
    return least;
  }

  #bucket(identity: CredentialsIdentity): Bucket {
    const now = this.#now();
    let bucket = this.#buckets.get(identity);
    if (bucket === undefined) {
      this.#forgetFull();
      bucket = { tokens: this.#burst, at: now };
      this.#buckets.set(identity, bucket);
    }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (now - bucket.at) * this.#perMs);
    bucket.at = now;
    return bucket;
  }

  /** A full bucket is as good as none: callers who bring ever new credentials don't fill the memory. */
  #forgetFull(): void {
    const now = this.#now();
    if (this.#buckets.size < 1000 || now - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = now;
    for (const [identity, { tokens, at }] of this.#buckets) {
      if (tokens + (now - at) * this.#perMs >= this.#burst) this.#buckets.delete(identity);
    }
  }
}
