import type { SharedRedis } from '../redis/sharedRedis.ts';
import type { Account } from '../upstream/credentials/credentials.ts';
import { MAX_PAUSE_SECONDS } from '../upstream/payload/pageReader.ts';
import { BudgetStates, type CallBudget, emptyTat, type Rate, type Reservation, shareOf } from './callBudget.ts';

/** The hash tag in braces keeps all counts on one node of a cluster, so that they fail together. */
const PREFIX = 'promotions-gateway:{budget}:calls:v3:';

/**
 * For so long after a count has failed, or Redis was lost, an instance still uses only its share, in milliseconds: until then the
 * others may also count without Redis.
 */
const ALONE_MS = 10_000;

/** How much later than allowed a count or a pause in Redis may be, in milliseconds, if the clock of Redis was set back a little. */
const TOLERANCE_MS = 60_000;

/**
 * The stored TAT and end of the pause, in microseconds on the clock of Redis. One beyond the latest possible time is ignored and not
 * written back: it is forged, or comes from a clock that was set back. A value of another type is replaced.
 */
const STORED = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function plausible(text, latest)
  local at = tonumber(text or '')
  if at and at <= now + latest then return at end
end
local state = redis.pcall('HMGET', KEYS[1], 'tat', 'paused')
if state.err then
  redis.call('DEL', KEYS[1])
  state = {}
end`;

/**
 * `waitOf` and `tatAfter` of callBudget.ts, in microseconds. If Redis has no TAT, it uses the TAT that the instance knows. The
 * instance's minimum TAT and its pause always count. Returns whether the call was reserved, its wait, how far ahead the TAT is, and
 * the pause.
 */
const RESERVE = `${STORED}
local interval, bound, known, least, knownPause, maxWait, latestTat, latestPause =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]),
  tonumber(ARGV[7]), tonumber(ARGV[8])
local paused = math.max(plausible(state[2], latestPause) or 0, now + knownPause)
local tat = math.max(plausible(state[1], latestTat) or now + known, now + least, now)
local wait = math.max(0, tat + interval - bound - now, paused - now)
local reserved = wait <= maxWait
if reserved then tat = math.max(tat, now + wait) + interval end
local lives = math.max(tat, paused) - now
if lives > 0 then
  redis.call('HSET', KEYS[1], 'tat', string.format('%.0f', tat), 'paused', string.format('%.0f', paused))
  redis.call('PEXPIRE', KEYS[1], math.ceil(lives / 1000))
end
return { reserved and 1 or 0, math.ceil(wait), math.floor(tat - now), math.ceil(math.max(0, paused - now)) }`;

/** Pauses for so long (ARGV[1]), unless a longer pause is stored that is possible (at most ARGV[2] from now). */
const PAUSE = `${STORED}
local paused = math.max(plausible(state[2], tonumber(ARGV[2])) or 0, now + tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'paused', string.format('%.0f', paused))
redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), math.ceil((paused - now) / 1000)))`;

/** The scripts of the call budget, by the names of their commands. */
export const BUDGET_SCRIPTS = { budgetReserve: RESERVE, budgetPause: PAUSE } as const;

type Reply = readonly [reserved: number, waitUs: number, aheadUs: number, pausedUs: number];

type Commands = {
  budgetReserve(key: string, ...args: readonly number[]): Promise<Reply>;
  budgetPause(key: string, us: number, latestUs: number): Promise<unknown>;
};

/** The latest end of a pause that Redis may hold, in microseconds from now. */
const LATEST_PAUSE_US = (MAX_PAUSE_SECONDS * 1000 + TOLERANCE_MS) * 1000;

/**
 * One budget for all instances, counted in Redis. An instance that cannot count there, also one that never could, uses its
 * share of the budget. When it changes between the two, it begins without a burst.
 */
export class SharedBudget implements CallBudget {
  readonly #rate: Rate;
  readonly #share: Rate;
  readonly #instances: number;
  readonly #redis: SharedRedis;
  readonly #commands: Commands;
  /** The states of all instances as last read from Redis, or of this instance's share while it counts alone. */
  readonly states = new BudgetStates(() => this.#rateInUse);
  /** Whether this instance uses only its share, and until when at least. */
  #isAlone = false;
  #aloneUntil = Number.NEGATIVE_INFINITY;

  /** @param instances the maximum number of instances that share the budget */
  constructor(redis: SharedRedis, instances: number, rate: Rate) {
    for (const [name, lua] of Object.entries(BUDGET_SCRIPTS))
      redis.client.defineCommand(name, { numberOfKeys: 1, lua });
    this.#redis = redis;
    this.#commands = redis.client as unknown as Commands;
    this.#instances = instances;
    this.#rate = rate;
    this.#share = shareOf(rate, instances);
    // Redis may be restarted empty before any count has failed.
    redis.client.on('close', () => this.#lost());
    if (!redis.isReady) this.#lost();
  }

  async reserve(account: Account, maxWaitMs: number): Promise<Reservation> {
    if (this.#isAlone && performance.now() >= this.#aloneUntil) this.#setAlone(false);
    const wasAlone = this.#isAlone;
    // An instance that is alone also counts in Redis, as soon as it can, for those that are not.
    const shared = await this.#reserveShared(account, maxWaitMs);
    if (shared !== undefined && !(shared.reserved && (wasAlone || this.#isAlone))) return shared;
    const { reserved, waitMs } = this.states.reserve(account, maxWaitMs, this.#share);
    return { reserved, waitMs: Math.max(waitMs, shared?.waitMs ?? 0) };
  }

  pause(account: Account, ms: number): void {
    this.states.pause(account, ms);
    this.#commands
      .budgetPause(PREFIX + account, Math.ceil(ms * 1000), LATEST_PAUSE_US)
      .catch((error) => this.#redis.reportError(error));
  }

  get #rateInUse(): Rate {
    return this.#isAlone ? this.#share : this.#rate;
  }

  #lost(): void {
    this.#aloneUntil = performance.now() + ALONE_MS;
    this.#setAlone(true);
  }

  /**
   * At each change, nobody knows which calls the others have just made. So this instance assumes that all calls that may be
   * made at once have been made, and that each instance still has one reserved call.
   */
  #setAlone(isAlone: boolean): void {
    if (isAlone === this.#isAlone) return;
    this.#isAlone = isAlone;
    const { burst, intervalMs } = this.#rate;
    // Each instance's share allows one call at once. With more instances than `burst`, these are more calls than `burst`.
    const outstanding = this.#instances + Math.max(0, this.#instances - burst);
    this.states.raise(emptyTat(this.#rateInUse, performance.now() + outstanding * intervalMs));
  }

  /** Reserves from the budget of all instances. Undefined if Redis cannot be used. */
  async #reserveShared(account: Account, maxWaitMs: number): Promise<Reservation | undefined> {
    const { intervalMs } = this.#rate;
    const together = !this.#isAlone;
    const state = this.states.of(account);
    const sentAt = performance.now();
    const known = together ? [state.tat - sentAt, this.states.leastTat - sentAt] : [0, 0];
    const bound = emptyTat(this.#rate, 0);
    const latestTat = bound + MAX_PAUSE_SECONDS * 1000 + TOLERANCE_MS;
    const inMicroseconds = [
      ...[intervalMs, bound, ...known, state.pausedUntil - sentAt, maxWaitMs].map((ms) =>
        Math.floor(Math.max(0, ms) * 1000),
      ),
      Math.floor(latestTat * 1000),
      LATEST_PAUSE_US,
    ];
    try {
      const reply = await this.#redis.inTime(this.#commands.budgetReserve(PREFIX + account, ...inMicroseconds));
      const [reserved, waitUs, aheadUs, pausedUs] = reply;
      if (![reserved, waitUs, aheadUs, pausedUs].every(Number.isFinite)) throw new Error('FOREIGN It is no count.');
      if (together) state.tat = Math.max(state.tat, sentAt + aheadUs / 1000);
      const pausedMs = sentAt + pausedUs / 1000 - performance.now();
      if (pausedMs > 0) this.states.pause(account, pausedMs);
      return { reserved: reserved === 1, waitMs: waitUs / 1000 };
    } catch (error) {
      this.#redis.reportError(error);
      this.#lost();
      return undefined;
    }
  }
}
