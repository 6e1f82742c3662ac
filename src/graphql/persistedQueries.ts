import { createHash } from 'node:crypto';
import { InMemoryLRUCache, type KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { SharedRedis } from '../redis/connection.ts';
import type { Seal } from '../redis/seal.ts';

/** Automatic persisted queries are any client's to register: what they take of memory is bounded. */
export const PERSISTED_QUERY_BYTES = 8 * 1024 * 1024;

const PREFIX = 'promotions-gateway:query:v1:';
const KEPT_SECONDS = 86_400;

/** Automatic persisted queries that any instance was told, each in its own memory too: that serves while Redis does not. */
export class SharedPersistedQueries implements KeyValueCache {
  readonly #memory: InMemoryLRUCache;
  readonly #redis: SharedRedis;
  readonly #seal: Seal;

  constructor(redis: SharedRedis, seal: Seal) {
    this.#memory = new InMemoryLRUCache({ maxSize: PERSISTED_QUERY_BYTES });
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
    await this.#memory.set(key, query);
    try {
      const sealed = this.#seal.seal(key, query);
      await this.#redis.soon(this.#redis.set(PREFIX + key, sealed, 'EX', KEPT_SECONDS));
    } catch (error) {
      this.#troubled(error);
    }
  }

  async delete(key: string): Promise<boolean> {
    return this.#memory.delete(key);
  }

  async #read(key: string): Promise<string | undefined> {
    try {
      const sealed = await this.#redis.soon(this.#redis.get(PREFIX + key));
      const query = sealed === null ? undefined : this.#seal.open(key, sealed);
      return query !== undefined && isNamedBy(key, query) ? query : undefined;
    } catch (error) {
      this.#troubled(error);
      return undefined;
    }
  }

  #troubled(error: unknown): void {
    this.#redis.trouble(error instanceof Error ? error.name : 'unknown');
  }
}

/** Apollo Server takes it on trust that a query is the one its hash names. */
function isNamedBy(key: string, query: string): boolean {
  return key.endsWith(createHash('sha256').update(query).digest('hex'));
}
