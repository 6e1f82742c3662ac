import { LRUCache } from 'lru-cache';
import type { ClientControl } from './clientControl.ts';
import { freshnessOf, type Lifetimes } from './freshness.ts';
import { type ArenaBytes, arenaSizeOf, ByteArena } from './memory/byteArena.ts';
import type { CacheStats } from './stats.ts';
import type { EntryRef, Store } from './store.ts';

/** A response: its body as the text that is sent, or as bytes. `facts` is the part of its record that describes the operation. */
export type CachedResponse<Facts, Body = Buffer> = {
  readonly body: Body;
  readonly contentType: string;
  readonly facts: Facts;
};

/** A body is in the arena until it is first served, and then in a Buffer that is sent as it is. Most are never served. */
type Held<Facts> = CachedResponse<Facts, ArenaBytes> & {
  readonly parts: readonly EntryRef[];
  served: Buffer | undefined;
};

/** The approximate memory of a response without its body, and of each reference to an entry. */
const RESPONSE_BYTES = 1000;
const PART_BYTES = 300;

/**
 * Whole responses, in this process's memory. A response is served only while each entry that it is made of is fresh and still
 * stored. It has no lifetime of its own.
 */
export class ResponseCache<Facts extends object> {
  readonly #store: Store;
  readonly #lifetimes: Lifetimes;
  readonly #responses: LRUCache<string, Held<Facts>>;
  readonly #bodies = new ByteArena();
  readonly #maxBytes: number;
  #evictions = 0;

  constructor(store: Store, lifetimes: Lifetimes, maxBytes: number) {
    this.#store = store;
    this.#lifetimes = lifetimes;
    this.#maxBytes = maxBytes;
    this.#responses = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ body, parts }) => sizeOf(body.length, parts.length),
      dispose: ({ body }, _key, reason) => {
        if (reason === 'evict') this.#evictions++;
        this.#bodies.free(body);
      },
    });
  }

  get state() {
    return { bytes: this.#responses.calculatedSize, evictions: this.#evictions };
  }

  /**
   * @param key the key of the request, with everything that its response depends on in addition to the entries
   * @param stats records a response that is found
   */
  get(
    key: string,
    control: ClientControl,
    stats: CacheStats,
  ): CachedResponse<Facts> | undefined | Promise<CachedResponse<Facts> | undefined> {
    const held = this.#responses.get(key);
    if (held === undefined) return undefined;
    const now = Date.now();
    let oldestMs = 0;
    let freshForMs = Number.POSITIVE_INFINITY;
    for (const part of held.parts) {
      const freshness = freshnessOf(part, this.#lifetimes, now);
      if (freshness.state !== 'fresh' || freshness.ageMs > control.maxAgeMs) return undefined;
      oldestMs = Math.max(oldestMs, freshness.ageMs);
      freshForMs = Math.min(freshForMs, freshness.leftMs);
    }
    const serve = (isCurrent: boolean) => {
      if (!isCurrent) {
        if (this.#responses.peek(key) === held) this.#responses.delete(key);
        return undefined;
      }
      held.served ??= this.#takeOut(held.body);
      const body = held.served;
      // The response may have been evicted in the meantime.
      if (body === undefined) return undefined;
      Object.assign(stats, { wholeResponse: true, hits: held.parts.length, oldestMs, freshForMs });
      return { body, contentType: held.contentType, facts: held.facts };
    };
    const isCurrent = this.#store.areCurrent(held.parts);
    return isCurrent instanceof Promise ? isCurrent.then(serve) : serve(isCurrent);
  }

  /** Caches a response, if every part of it is in an entry and it is not larger than the whole cache. */
  set(key: string, response: CachedResponse<Facts, string>, { parts }: CacheStats): void {
    if (parts === undefined || parts.length === 0) return;
    const byVersion = new Map(parts.map((part) => [part.version, part]));
    if (sizeOf(Buffer.byteLength(response.body), byVersion.size) > this.#maxBytes) return;
    const body = this.#bodies.writeText(response.body);
    this.#responses.set(key, { ...response, body, parts: [...byVersion.values()], served: undefined });
  }

  /** The bytes of a body that leaves the arena, undefined if it has left it before. */
  #takeOut(body: ArenaBytes): Buffer | undefined {
    const bytes = this.#bodies.read(body);
    this.#bodies.free(body);
    return bytes;
  }
}

/** The approximate memory of a response. */
function sizeOf(bodyBytes: number, parts: number): number {
  return arenaSizeOf(bodyBytes) + RESPONSE_BYTES + parts * PART_BYTES;
}
