import type { SharedRedis } from '../../redis/connection.ts';
import { BUDGET_PREFIX, type Instances } from '../../redis/instances.ts';
import type { CredentialsIdentity } from '../credentials/credentials.ts';
import { BudgetStates, type CallBudget, type Reservation } from './callBudget.ts';
import { emptyTat, type Rate, shareOf, tatAfter, waitOf } from './gcra.ts';

const PREFIX = `${BUDGET_PREFIX}calls:v3:`;

/**
 * `waitOf` and `tatAfter` of gcra.ts, in microseconds on the clock of Redis. If Redis has no TAT, it uses the TAT that the
 * instance knows. The instance's minimum TAT and its pause always count. A TAT more than a minute after the pause comes from
 * a clock that was set back. Returns whether the call was reserved, its wait, how far ahead the TAT is, and the pause.
 */
const RESERVE = `
local interval, bound, known, least, knownPause, maxWait =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local state = redis.call('HMGET', KEYS[1], 'tat', 'paused')
local paused = math.max(tonumber(state[2] or '0'), now + knownPause)
local tat = state[1] and math.min(tonumber(state[1]), paused + bound + 60000000) or now + known
tat = math.max(tat, now + least, now)
local wait = math.max(0, tat + interval - bound - now, paused - now)
local reserved = wait <= maxWait
if reserved then tat = math.max(tat, now + wait) + interval end
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
 * One budget for all instances, counted in Redis. Without Redis, and after an outage until all instances are back, each
 * instance uses only its share.
 */
export class SharedBudget implements CallBudget {
  readonly #rate: Rate;
  readonly #redis: SharedRedis;
  readonly #commands: Commands;
  readonly #instances: Instances;
  /** The states of all instances as last read from Redis, or of this instance's share while instances cannot count together. */
  readonly #states = new BudgetStates(() => performance.now());

  constructor(redis: SharedRedis, instances: Instances, rate: Rate) {
    redis.client.defineCommand('budgetReserve', { numberOfKeys: 1, lua: RESERVE });
    redis.client.defineCommand('budgetPause', { numberOfKeys: 1, lua: PAUSE });
    this.#redis = redis;
    this.#commands = redis.client as unknown as Commands;
    this.#instances = instances;
    this.#rate = rate;
    instances.whenChanged(() => this.#startEmpty());
  }

  async reserve(identity: CredentialsIdentity, maxWaitMs: number): Promise<Reservation> {
    const together = this.#instances.areTogether;
    const shared = await this.#reserveShared(identity, maxWaitMs, together);
    if (shared !== undefined && (together || !shared.reserved)) return shared;
    const { reserved, waitMs } = this.#reserveShare(identity, maxWaitMs);
    return { reserved, waitMs: Math.max(waitMs, shared?.waitMs ?? 0) };
  }

  msUntil(identity: CredentialsIdentity, n: number): number {
    return this.#states.msUntil(this.#rateInUse, identity, n);
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
    return this.#states.left(this.#rateInUse);
  }

  get #rateInUse(): Rate {
    const { areTogether, count } = this.#instances;
    return areTogether ? this.#rate : shareOf(this.#rate, count);
  }

  /**
   * When Redis fails or works again, no instance knows which calls the others have just made. So each assumes that all calls
   * that may be made at once have been made, and that each instance still has one reserved call.
   */
  #startEmpty(): void {
    const { burst, intervalMs } = this.#rate;
    const { count } = this.#instances;
    // Each instance's share allows one call at once. With more instances than `burst`, these are more calls than `burst`.
    const outstanding = count + Math.max(0, count - burst);
    this.#states.raise(emptyTat(this.#rateInUse, performance.now() + outstanding * intervalMs));
  }

  /** Reserves from the budget of all instances. Undefined if Redis cannot be used. */
  async #reserveShared(
    identity: CredentialsIdentity,
    maxWaitMs: number,
    together: boolean,
  ): Promise<Reservation | undefined> {
    const { intervalMs } = this.#rate;
    const state = this.#states.of(identity);
    const sentAt = performance.now();
    const known = together ? [state.tat - sentAt, this.#states.leastTat - sentAt] : [0, 0];
    const inMicroseconds = [intervalMs, emptyTat(this.#rate, 0), ...known, state.pausedUntil - sentAt, maxWaitMs].map(
      (ms) => Math.floor(Math.max(0, ms) * 1000),
    );
    try {
      const reply = await this.#redis.inTime(this.#commands.budgetReserve(PREFIX + identity, ...inMicroseconds));
      const [reserved, waitUs, aheadUs, pausedUs] = reply;
      if (together) state.tat = Math.max(state.tat, sentAt + aheadUs / 1000);
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
    const rate = this.#rateInUse;
    const now = performance.now();
    const waitMs = Math.max(waitOf(rate, state.tat, now), state.pausedUntil - now, 0);
    const reserved = waitMs <= maxWaitMs;
    if (reserved) state.tat = tatAfter(rate, state.tat, now + waitMs);
    return { reserved, waitMs };
  }
}
