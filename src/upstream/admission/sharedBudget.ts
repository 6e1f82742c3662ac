import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { SharedRedis } from '../../redis/connection.ts';
import type { CredentialsIdentity } from '../credentials/credentials.ts';
import { type CallBudget, TokenBuckets } from './tokenBucket.ts';

type Known = { readonly left: number; readonly renewsAt: number };

const MAX_KNOWN = 1000;

/**
 * One budget for all instances, counted in Redis; without Redis each instance counts for itself. Redis counts in slices
 * of ten seconds. Any minute touches seven of them at the most, so a slice has a seventh of a minute's calls; budgets of
 * less than seven calls are counted by the minute, of which any minute touches two.
 */
export class SharedBudget implements CallBudget {
  readonly #perSlice: number;
  readonly #sliceMs: number;
  readonly #limiter: RateLimiterRedis;
  readonly #alone: TokenBuckets;
  readonly #redis: SharedRedis;
  /** What this instance last heard of each identity's slice: estimates need no more. */
  readonly #known = new Map<CredentialsIdentity, Known>();

  constructor(redis: SharedRedis, perMinute: number) {
    const [seconds, slices] = perMinute >= 7 ? [10, 7] : [60, 2];
    this.#perSlice = Math.max(1, Math.floor(perMinute / slices));
    this.#sliceMs = seconds * 1000;
    this.#redis = redis;
    this.#alone = new TokenBuckets(perMinute);
    this.#limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: 'promotions-gateway:budget',
      points: this.#perSlice,
      duration: seconds,
      rejectIfRedisNotReady: true,
    });
  }

  async take(identity: CredentialsIdentity): Promise<number> {
    try {
      this.#learn(identity, await this.#limiter.consume(identity));
      return 0;
    } catch (refusal) {
      if (refusal instanceof Error) {
        this.#redis.trouble(refusal.name);
        this.#known.delete(identity);
        return this.#alone.take(identity);
      }
      this.#learn(identity, refusal as RateLimiterRes);
      return Math.max(1, (refusal as RateLimiterRes).msBeforeNext);
    }
  }

  msUntil(identity: CredentialsIdentity, n: number): number {
    const known = this.#known.get(identity);
    if (known === undefined) return this.#redis.status === 'ready' ? 0 : this.#alone.msUntil(identity, n);
    const renewsIn = known.renewsAt - performance.now();
    const left = renewsIn > 0 ? known.left : this.#perSlice;
    if (n <= left) return 0;
    return Math.max(0, renewsIn) + Math.floor((n - left - 1) / this.#perSlice) * this.#sliceMs;
  }

  left(): number {
    const now = performance.now();
    let least = this.#perSlice;
    for (const { left, renewsAt } of this.#known.values()) if (renewsAt > now) least = Math.min(least, left);
    return least;
  }

  #learn(identity: CredentialsIdentity, { remainingPoints, msBeforeNext }: RateLimiterRes): void {
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(identity, { left: remainingPoints, renewsAt: performance.now() + msBeforeNext });
  }
}
