import type { SharedRedis } from '../../redis/connection.ts';
import type { Instances } from '../../redis/instances.ts';
import type { CredentialsIdentity } from '../credentials/credentials.ts';
import { BudgetStates, type CallBudget, type Reservation } from './callBudget.ts';
import { type Rate, tatAfter, waitOf } from './gcra.ts';

const PREFIX = 'promotions-gateway:budget:v2:';

/**
 * `waitOf` and `tatAfter` of gcra.ts, in microseconds on the clock of Redis. The TAT and the pause that the instance knows
 * count too, since a Redis that was restarted empty, or a replica that became the master, knows less. A TAT more than a
 * minute ahead comes from a clock that was set back. Returns whether the call was reserved, its wait, how far ahead the TAT
 * is, and the pause.
 */
const RESERVE = `
local interval, bound, known, knownPause, maxWait =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local state = redis.call('HMGET', KEYS[1], 'tat', 'paused')
local tat = math.max(math.min(tonumber(state[1] or '0'), now + bound + 60000000), now + known, now)
local paused = math.max(tonumber(state[2] or '0'), now + knownPause)
local wait = math.max(0, tat + interval - bound - now, paused - now)
local reserved = wait <= maxWait
if reserved then tat = tat + interval end
local lives = math.max(tat, paused) - now
if lives > 0 then
  redis.call('HSET', KEYS[1], 'tat', string.format('%.0f', tat), 'paused', string.format('%.0f', paused))
  redis.call('PEXPIRE', KEYS[1], math.ceil(lives / 1000))
end
return { reserved and 1 or 0, math.ceil(wait), math.floor(tat - now), math.ceil(math.max(0, paused - now)) }`;

const PAUSE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local paused = math.max(tonumber(redis.call('HGET', KEYS[1], 'paused') or '0'), now + tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'paused', string.format('%.0f', paused))
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), math.ceil((paused - now) / 1000)))`;

type Reply = readonly [reserved: number, waitUs: number, aheadUs: number, pausedUs: number];

type Commands = {
  budgetReserve(key: string, ...args: readonly number[]): Promise<Reply>;
  budgetPause(key: string, us: number): Promise<unknown>;
};

/**
 * One budget for all instances, counted in Redis. Without Redis, and after an outage until all instances are back, each call of
 * an instance counts as many calls as there are instances, so that each instance uses only its share.
 */
export class SharedBudget implements CallBudget {
  readonly #rate: Rate;
  readonly #redis: SharedRedis;
  readonly #commands: Commands;
  readonly #instances: Instances;
  /** The TAT that this instance knows. It is never later than the one in Redis. */
  readonly #states = new BudgetStates(() => performance.now());

  constructor(redis: SharedRedis, instances: Instances, rate: Rate) {
    redis.client.defineCommand('budgetReserve', { numberOfKeys: 1, lua: RESERVE });
    redis.client.defineCommand('budgetPause', { numberOfKeys: 1, lua: PAUSE });
    this.#redis = redis;
    this.#commands = redis.client as unknown as Commands;
    this.#instances = instances;
    this.#rate = rate;
  }

  async reserve(identity: CredentialsIdentity, maxWaitMs: number): Promise<Reservation> {
    if (!this.#instances.areTogether) {
      const share = this.#reserveShare(identity, maxWaitMs);
      if (!share.reserved) return share;
      const shared = await this.#reserveShared(identity, maxWaitMs);
      return shared === undefined ? share : { ...shared, waitMs: Math.max(share.waitMs, shared.waitMs) };
    }
    const shared = await this.#reserveShared(identity, maxWaitMs);
    if (shared !== undefined) return shared;
    return this.#reserveShare(identity, maxWaitMs);
  }

  msUntil(identity: CredentialsIdentity, n: number): number {
    const weight = this.#instances.areTogether ? 1 : this.#instances.count;
    return this.#states.msUntil(this.#rate, identity, n * weight);
  }

  pause(identity: CredentialsIdentity, ms: number): void {
    this.#states.pause(identity, ms);
    this.#commands
      .budgetPause(PREFIX + identity, Math.ceil(ms * 1000))
      .catch((error) => this.#redis.reportError(error));
  }

  pausedFor(identity: CredentialsIdentity): number {
    return this.#states.pausedFor(identity);
  }

  longestPauseMs(): number {
    return this.#states.longestPauseMs();
  }

  left(): number {
    return this.#states.left(this.#rate);
  }

  /** Reserves from the budget of all instances. Undefined if Redis cannot be used. */
  async #reserveShared(identity: CredentialsIdentity, maxWaitMs: number): Promise<Reservation | undefined> {
    const { intervalMs, burst } = this.#rate;
    const state = this.#states.of(identity);
    const sentAt = performance.now();
    const bound = intervalMs === 0 ? 0 : burst * intervalMs;
    const inMicroseconds = [intervalMs, bound, state.tat - sentAt, state.pausedUntil - sentAt, maxWaitMs].map((ms) =>
      Math.floor(Math.max(0, ms) * 1000),
    );
    try {
      const reply = await this.#redis.inTime(this.#commands.budgetReserve(PREFIX + identity, ...inMicroseconds));
      const [reserved, waitUs, aheadUs, pausedUs] = reply;
      state.tat = Math.max(this.#instances.areTogether ? 0 : state.tat, sentAt + aheadUs / 1000);
      if (pausedUs > 0) state.pausedUntil = Math.max(state.pausedUntil, sentAt + pausedUs / 1000);
      return { reserved: reserved === 1, waitMs: waitUs / 1000 };
    } catch (error) {
      this.#redis.reportError(error);
      this.#instances.missed();
      return undefined;
    }
  }

  /** Reserves from this instance's share. */
  #reserveShare(identity: CredentialsIdentity, maxWaitMs: number): Reservation {
    const state = this.#states.of(identity);
    const weight = this.#instances.count;
    const now = performance.now();
    const waitMs = Math.max(waitOf(this.#rate, state.tat, now, weight), state.pausedUntil - now, 0);
    const reserved = waitMs <= maxWaitMs;
    if (reserved) state.tat = tatAfter(this.#rate, state.tat, now, weight);
    return { reserved, waitMs };
  }
}
