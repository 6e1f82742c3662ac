import type { Window } from '../model/page.ts';
import type { SharedRedis } from '../redis/connection.ts';
import type { Seal } from '../redis/seal.ts';
import type { QueryKey } from '../upstream/key.ts';
import { CODEC_VERSION, decode, encode } from './codec.ts';
import { type CacheEntry, covers, endOf } from './entry.ts';
import { type Lifetimes, MAX_SKEW_MS } from './freshness.ts';
import { MAX_ENTRIES_PER_QUERY, type Store } from './store.ts';

const PREFIX = `promotions-gateway:page:v${CODEC_VERSION}:`;

/**
 * One hash a query. A field is `<offset>+<limit>`, or `none` where the customer is not known; a value is
 * `<at> <end> <sealed>`. Gives the latest that covers a window, so that just one page travels. It only chooses: the gateway
 * looks for itself whether what it gets covers the window.
 */
const FIND = `
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return false end
local offset, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local best, bestAt = false, -1
local kept = redis.call('HGETALL', KEYS[1])
for i = 1, #kept, 2 do
  local at, stop = string.match(kept[i + 1], '^(%d+) (%d+) ')
  if at and tonumber(at) > bestAt then
    local from, size = string.match(kept[i], '^(%d+)%+(%d+)$')
    from, size, stop = tonumber(from), tonumber(size), tonumber(stop)
    local same = from == offset and size == limit
    local inside = from and from <= offset and offset + limit <= stop
    if kept[i] == 'none' or same or inside or (limit == 0 and stop ~= from) then
      best, bestAt = kept[i + 1], tonumber(at)
    end
  end
end
return best`;

/** Not knowing the customer replaces all pages of it, and the other way round. */
const KEEP = `
local field = ARGV[1]
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
if field == 'none' or redis.call('HLEN', KEYS[1]) >= ${MAX_ENTRIES_PER_QUERY} then redis.call('DEL', KEYS[1]) end
redis.call('HDEL', KEYS[1], 'none')
redis.call('HSET', KEYS[1], field, ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])`;

type Commands = {
  findKeptPage(key: string, offset: number, limit: number): Promise<unknown>;
  keepPage(key: string, field: string, value: string, ms: number): Promise<unknown>;
};

/** Keeps answers for all instances; Redis forgets them when they may no longer be served. */
export class RedisStore implements Store {
  readonly maxSkewMs = MAX_SKEW_MS;
  readonly #redis: SharedRedis & Commands;
  readonly #seal: Seal;
  readonly #lifetimes: Lifetimes;

  constructor(redis: SharedRedis, seal: Seal, lifetimes: Lifetimes) {
    redis.defineCommand('findKeptPage', { numberOfKeys: 1, lua: FIND });
    redis.defineCommand('keepPage', { numberOfKeys: 1, lua: KEEP });
    this.#redis = redis as SharedRedis & Commands;
    this.#seal = seal;
    this.#lifetimes = lifetimes;
  }

  async find(key: QueryKey, window: Window): Promise<CacheEntry | undefined> {
    try {
      const value = await this.#redis.soon(this.#redis.findKeptPage(PREFIX + key, window.offset, window.limit));
      if (value === null) return undefined;
      const kept = typeof value === 'string' ? this.#read(key, value) : undefined;
      if (kept === undefined) this.#redis.trouble('UNREADABLE_VALUE');
      else this.#redis.worked();
      return kept !== undefined && covers(kept, window) ? kept : undefined;
    } catch (error) {
      this.#troubled(error);
      return undefined;
    }
  }

  async keep(key: QueryKey, kept: CacheEntry): Promise<void> {
    const { ttlMs, staleMs, notFoundMs } = this.#lifetimes;
    const isPage = kept.kind === 'page';
    const field = isPage ? `${kept.window.offset}+${kept.window.limit}` : 'none';
    const end = isPage ? endOf(kept) : 0;
    try {
      const value = `${kept.at} ${end} ${this.#seal.seal(key, encode(kept))}`;
      await this.#redis.keepPage(PREFIX + key, field, value, isPage ? ttlMs + staleMs : notFoundMs);
    } catch (error) {
      this.#troubled(error);
    }
  }

  async forget(key: QueryKey): Promise<void> {
    try {
      await this.#redis.del(PREFIX + key);
    } catch (error) {
      this.#troubled(error);
    }
  }

  #read(key: QueryKey, value: string): CacheEntry | undefined {
    const start = value.indexOf(' ', value.indexOf(' ') + 1) + 1;
    const text = this.#seal.open(key, value.slice(start));
    return text === undefined ? undefined : decode(text);
  }

  #troubled(error: unknown): void {
    this.#redis.trouble(error instanceof Error ? error.name : 'unknown');
  }
}
