import { LRUCache } from 'lru-cache';
import { type ArenaBytes, arenaSizeOf, ByteArena } from './byteArena.ts';
import { type CacheStats, freshnessOf, type Lifetimes } from './entry.ts';
import type { Part, Store } from './store.ts';

/** A response. `facts` is the part of its record that describes the operation. */
export type CachedResponse<Facts> = { readonly body: Buffer; readonly contentType: string; readonly facts: Facts };

type Held<Facts> = Omit<CachedResponse<Facts>, 'body'> & {
  readonly body: ArenaBytes;
  readonly parts: readonly Part[];
  /** The copy that was sent last, as long as V8 has it: a copy for each time would cost more than the rest of a hit. */
  copy?: WeakRef<Buffer>;
};

/** The approximate memory of a response without its body, and of each part of it. */
const RESPONSE_BYTES = 1000;
const PART_BYTES = 300;

/**
 * Whole responses, in this process's memory. A response is served only while each entry that it is made of is fresh and still
 * stored. It has no lifetime of its own. The least recently served ones are evicted first.
 */
export class ResponseCache<Facts extends object> {
  readonly #store: Store;
  readonly #lifetimes: Lifetimes;
  readonly #responses: LRUCache<string, Held<Facts>>;
  readonly #bodies = new ByteArena();
  #evictions = 0;

  constructor(store: Store, lifetimes: Lifetimes, maxBytes: number) {
    this.#store = store;
    this.#lifetimes = lifetimes;
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
  async get(key: string, stats: CacheStats): Promise<CachedResponse<Facts> | undefined> {
    const held = this.#responses.get(key);
    if (held === undefined) return undefined;
    const now = Date.now();
    let oldestMs = 0;
    let freshForMs = Number.POSITIVE_INFINITY;
    for (const { ref } of held.parts) {
      const freshness = freshnessOf(ref, this.#lifetimes, now);
      if (freshness.state !== 'fresh') return undefined;
      oldestMs = Math.max(oldestMs, freshness.ageMs);
      freshForMs = Math.min(freshForMs, freshness.leftMs);
    }
    if (!(await this.#store.areCurrent(held.parts))) {
      // A later response may have this key by now.
      if (this.#responses.peek(key) === held) this.#responses.delete(key);
      return undefined;
    }
    const body = this.#sendable(held);
    // It may have been evicted in the meantime.
    if (body === undefined) return undefined;
    Object.assign(stats, { wholeResponse: true, hits: held.parts.length, oldestMs, freshForMs });
    return { body, contentType: held.contentType, facts: held.facts };
  }

  #sendable(held: Held<Facts>): Buffer | undefined {
    const sent = held.copy?.deref();
    if (sent !== undefined) return sent;
    const body = this.#bodies.read(held.body);
    if (body !== undefined) held.copy = new WeakRef(body);
    return body;
  }

  /** Caches a response, if every part of it is in an entry and it is not too large. */
  set(key: string, text: string, response: Omit<CachedResponse<Facts>, 'body'>, { parts }: CacheStats): void {
    if (parts === undefined || parts.length === 0) return;
    const different = new Map(
      parts.map((part) => [`${part.ref.version} ${part.window.offset} ${part.window.limit}`, part]),
    );
    const bytes = sizeOf(Buffer.byteLength(text), different.size);
    if (bytes > this.#responses.maxSize) return;
    // Before the response is written, since the arena does not shrink again.
    while (this.#responses.calculatedSize + bytes > this.#responses.maxSize) this.#responses.pop();
    const body = this.#bodies.writeText(text);
    this.#responses.set(key, { ...response, body, parts: [...different.values()] });
  }
}

/** The approximate memory of a response. */
function sizeOf(bodyBytes: number, parts: number): number {
  return arenaSizeOf(bodyBytes) + RESPONSE_BYTES + parts * PART_BYTES;
}
