import { randomUUID } from 'node:crypto';
import type { SharedRedis } from './connection.ts';

const EVERY_MS = 1000;
/** An instance without a heartbeat for this long is gone. After an outage, missing instances are waited for this long. */
const GONE_AFTER_MS = 10_000;

/**
 * The prefix of all keys of the call budget. The hash tag in braces keeps them on one node of a cluster, so that the
 * heartbeats fail if the counts fail.
 */
export const BUDGET_PREFIX = 'promotions-gateway:{budget}:';

/** Records this instance's heartbeat, removes the instances that are gone, and counts the rest. */
const SEEN = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ${GONE_AFTER_MS})
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ${GONE_AFTER_MS})
return redis.call('ZCARD', KEYS[1])`;

type Commands = { instanceSeen(key: string, id: string): Promise<number> };

/**
 * Counts the instances that share this Redis: each writes a heartbeat once a second. After an outage, each instance takes
 * only its own share until all are back, since the others still take theirs without Redis.
 */
export class Instances {
  readonly #redis: SharedRedis;
  readonly #key: string;
  readonly #id: string = randomUUID();
  readonly #timer: NodeJS.Timeout;
  #count = 1;
  #failedAt = Number.NEGATIVE_INFINITY;
  #together = true;
  #changed = () => {};

  /** @param scope instances with the same scope are counted together; it must hold nothing private */
  constructor(redis: SharedRedis, scope: string) {
    this.#redis = redis;
    this.#key = `${BUDGET_PREFIX}instances:${scope}`;
    redis.client.defineCommand('instanceSeen', { numberOfKeys: 1, lua: SEEN });
    redis.client.on('ready', () => void this.#beat());
    // Redis may be restarted empty before any command has failed.
    redis.client.on('close', () => this.missed());
    this.#timer = setInterval(() => void this.#beat(), EVERY_MS).unref();
    if (redis.isReady) void this.#beat();
  }

  /** The number of instances at the last successful heartbeat, this one included. */
  get count(): number {
    return this.#count;
  }

  /** Whether all instances are known to count in Redis. */
  get areTogether(): boolean {
    return this.#together;
  }

  /** Calls back each time that `areTogether` has changed. */
  whenChanged(changed: () => void): void {
    this.#changed = changed;
  }

  /** Records that Redis could not be used for a count. */
  missed(): void {
    this.#failedAt = performance.now();
    this.#setTogether(false);
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.#redis.isReady) this.#redis.client.zrem(this.#key, this.#id).catch(() => {});
  }

  async #beat(): Promise<void> {
    try {
      const commands = this.#redis.client as unknown as Commands;
      const count = await this.#redis.inTime(commands.instanceSeen(this.#key, this.#id));
      this.#redis.worked();
      this.#update(count);
    } catch (error) {
      this.#redis.reportError(error);
      this.missed();
    }
  }

  #update(count: number): void {
    const areBack = count >= this.#count || performance.now() - this.#failedAt > GONE_AFTER_MS;
    if (!this.#together && !areBack) return;
    this.#count = count;
    this.#setTogether(true);
  }

  #setTogether(together: boolean): void {
    if (together === this.#together) return;
    this.#together = together;
    this.#changed();
  }
}
