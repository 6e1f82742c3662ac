import { createHash } from 'node:crypto';
import { InMemoryLRUCache, type KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { SharedRedis } from '../redis/connection.ts';
import type { Seal } from '../redis/seal.ts';

/** Any client can register automatic persisted queries, so their size is bounded, each and in total. */
const MEMORY_CHARACTERS = 8 * 1024 * 1024;
/** A longer query is executed but not stored, so its client sends it each time. */
const MAX_CHARACTERS = 8192;

/** Slots in Redis, each for one query. A new query replaces the one in its slot, so there are never more. */
const SLOTS = 4096;
const PREFIX = 'promotions-gateway:query:v3:';
const KEPT_SECONDS = 86_400;

/** Automatic persisted queries in this process's memory. */
export function memoryPersistedQueries(): KeyValueCache {
  return new InMemoryLRUCache({ maxSize: MEMORY_CHARACTERS, maxEntrySize: MAX_CHARACTERS });
}

/** Automatic persisted queries of all instances, in Redis and in this process's memory, for when Redis fails. */
export class SharedPersistedQueries implements KeyValueCache {
  readonly #memory = memoryPersistedQueries();
  readonly #redis: SharedRedis;
  readonly #seal: Seal;

  constructor(redis: SharedRedis, seal: Seal) {
    this.#redis = redis;
    this.#seal = seal;
  }

  async get(key: string): Promise<string | undefined> {
    const known = await this.#memory.get(key);
    if (known !== undefined) return known;
    const query = await this.#read(key);
    if (query === undefined) return undefined;
    await this.#memory.set(key, query);
    return query;
  }

  async set(key: string, query: string): Promise<void> {
    if (query.length > MAX_CHARACTERS) return;
    await this.#memory.set(key, query);
    try {
      const sealed = this.#seal.seal(key, query);
      await this.#redis.withTimeout(this.#redis.client.set(slotOf(key), sealed, 'EX', KEPT_SECONDS));
    } catch (error) {
      this.#redis.reportError(error);
    }
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#memory.delete(key)) === true;
  }

  async #read(key: string): Promise<string | undefined> {
    try {
      const sealed = await this.#redis.withTimeout(this.#redis.client.getBuffer(slotOf(key)));
      const query = sealed === null ? undefined : this.#seal.open(key, sealed)?.toString();
      return query !== undefined && isNamedBy(key, query) ? query : undefined;
    } catch (error) {
      this.#redis.reportError(error);
      return undefined;
    }
  }
}

function slotOf(key: string): string {
  return PREFIX + (createHash('sha256').update(key).digest().readUInt32BE() % SLOTS);
}

/** Apollo Server does not check that a stored query has the hash of its key. */
function isNamedBy(key: string, query: string): boolean {
  return key.endsWith(createHash('sha256').update(query).digest('hex'));
}
