import { LRUCache } from 'lru-cache';
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

type Parts = { readonly parts: readonly EntryRef[] };
/** A response that was not served yet. Most never are, so its body is in an arena. */
type Unserved<Facts> = CachedResponse<Facts, ArenaBytes> & Parts;
/** A response that was served. Its body is sent as it is. */
type Served<Facts> = CachedResponse<Facts> & Parts;

/** The approximate memory of a response without its body, and of each reference to an entry. */
const RESPONSE_BYTES = 1000;
const PART_BYTES = 300;

/**
 * Whole responses, in this process's memory. A response is served only while each entry that it is made of is fresh and still
 * stored. It has no lifetime of its own. Responses that were served and those that were not have half of the memory each, so
 * that requests that are made once do not evict those that are repeated.
 */
export class ResponseCache<Facts extends object> {
  readonly #store: Store;
  readonly #lifetimes: Lifetimes;
  readonly #unserved: LRUCache<string, Unserved<Facts>>;
  readonly #served: LRUCache<string, Served<Facts>>;
  readonly #bodies = new ByteArena();
  #evictions = 0;

  constructor(store: Store, lifetimes: Lifetimes, maxBytes: number) {
    this.#store = store;
    this.#lifetimes = lifetimes;
    const maxSize = maxBytes / 2;
    this.#unserved = new LRUCache({
      maxSize,
      sizeCalculation: ({ body, parts }) => sizeOf(arenaSizeOf(body.length), parts.length),
      dispose: ({ body }, _key, reason) => {
        if (reason === 'evict') this.#evictions++;
        this.#bodies.free(body);
      },
    });
    this.#served = new LRUCache({
      maxSize,
      sizeCalculation: ({ body, parts }) => sizeOf(body.length, parts.length),
      dispose: (_response, _key, reason) => {
        if (reason === 'evict') this.#evictions++;
      },
    });
  }

  get state() {
    return { bytes: this.#unserved.calculatedSize + this.#served.calculatedSize, evictions: this.#evictions };
  }

  /**
   * @param key the key of the request, with everything that its response depends on in addition to the entries
   * @param stats records a response that is found
   */
  get(key: string, stats: CacheStats): CachedResponse<Facts> | undefined | Promise<CachedResponse<Facts> | undefined> {
    const held = this.#served.get(key) ?? this.#unserved.get(key);
    if (held === undefined) return undefined;
    const now = Date.now();
    let oldestMs = 0;
    let freshForMs = Number.POSITIVE_INFINITY;
    for (const part of held.parts) {
      const freshness = freshnessOf(part, this.#lifetimes, now);
      if (freshness.state !== 'fresh') return undefined;
      oldestMs = Math.max(oldestMs, freshness.ageMs);
      freshForMs = Math.min(freshForMs, freshness.leftMs);
    }
    const serve = (isCurrent: boolean) => {
      if (!isCurrent) {
        this.#delete(key, held);
        return undefined;
      }
      const served = isServed(held) ? held : this.#firstServed(key, held);
      if (served !== undefined)
        Object.assign(stats, { wholeResponse: true, hits: held.parts.length, oldestMs, freshForMs });
      return served;
    };
    const isCurrent = this.#store.areCurrent(held.parts);
    return isCurrent instanceof Promise ? isCurrent.then(serve) : serve(isCurrent);
  }

  /** Caches a response, if every part of it is in an entry and it is not too large. */
  set(key: string, response: CachedResponse<Facts, string>, { parts }: CacheStats): void {
    if (parts === undefined || parts.length === 0) return;
    const byVersion = new Map(parts.map((part) => [part.version, part]));
    if (sizeOf(arenaSizeOf(Buffer.byteLength(response.body)), byVersion.size) > this.#unserved.maxSize) return;
    this.#served.delete(key);
    const body = this.#bodies.writeText(response.body);
    this.#unserved.set(key, { ...response, body, parts: [...byVersion.values()] });
  }

  /** Moves a response to those that were served. Undefined if it was evicted or replaced in the meantime. */
  #firstServed(key: string, unserved: Unserved<Facts>): Served<Facts> | undefined {
    const body = this.#bodies.read(unserved.body);
    if (body === undefined) return undefined;
    const served = { ...unserved, body };
    this.#unserved.delete(key);
    this.#served.set(key, served);
    return served;
  }

  /** Deletes this response, but not a later one with its key. */
  #delete(key: string, held: Unserved<Facts> | Served<Facts>): void {
    if (this.#unserved.peek(key) === held) this.#unserved.delete(key);
    if (this.#served.peek(key) === held) this.#served.delete(key);
  }
}

function isServed<Facts>(response: Unserved<Facts> | Served<Facts>): response is Served<Facts> {
  return Buffer.isBuffer(response.body);
}

/** The approximate memory of a response. */
function sizeOf(bodyBytes: number, parts: number): number {
  return bodyBytes + RESPONSE_BYTES + parts * PART_BYTES;
}
