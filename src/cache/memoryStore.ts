import { LRUCache } from 'lru-cache';
import type { Moment } from '../model/moment.ts';
import type { Window } from '../model/page.ts';
import type { QueryKey } from '../upstream/lookupRequest.ts';
import { type ArenaBytes, arenaSizeOf, ByteArena } from './byteArena.ts';
import { type CachedPage, type CacheEntry, covers, type Extent, extentOf, type NewEntry, replaces } from './entry.ts';
import { type HeldMark, type Mark, MemoryMarks } from './marks.ts';
import { type EntryRef, type Lookup, MAX_ENTRIES_PER_QUERY, type Part, type ReadPage, type Store } from './store.ts';

/** The approximate memory of an entry without its page: keys, marks, its places in maps. */
const ENTRY_BYTES = 1500;
/**
 * Bytes of memory of a parsed page for each byte of its JSON, as measured: up to 2 for pages of tiny values, 1.5 for others. What
 * upstream sent tells less: a promotion of `{}` becomes a hundred times as large.
 */
const READ_PAGE_FACTOR = 2;

type Held = {
  readonly ref: EntryRef;
  readonly extent: Extent;
  readonly marks: readonly HeldMark[];
  content: HeldContent;
};

/** A page is stored as the bytes that upstream sent until it is read, since most are never read and bytes are small. */
type HeldContent =
  | { readonly kind: 'bytes'; readonly body: ArenaBytes; readonly window: Window }
  | { readonly kind: 'entry'; readonly entry: CacheEntry; readonly bytes: number };

/** Entries in this process's memory, at most `maxBytes`. The least recently used ones are evicted first. */
export class MemoryStore implements Store {
  readonly #marks: MemoryMarks;
  readonly #bodies = new ByteArena();
  /** The entries of each query, the newest by `asOf` first. */
  readonly #queries: LRUCache<QueryKey, readonly Held[]>;
  #versions = 0;
  #evictions = 0;

  /** @param recentMs as in `MemoryMarks` */
  constructor(maxBytes: number, recentMs: number) {
    this.#marks = new MemoryMarks(recentMs);
    this.#queries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (entries) => entries.reduce((sum, { content }) => sum + sizeOf(content), 0),
      dispose: (entries, _key, reason) => {
        if (reason === 'evict') this.#evictions += entries.length;
        // The list that replaces another one still holds the entries that are in both.
        if (reason !== 'set') for (const held of entries) this.#release(held);
      },
    });
  }

  get state() {
    return { bytes: this.#queries.calculatedSize, evictions: this.#evictions, marks: this.#marks.size };
  }

  async get(key: QueryKey, window: Window, read: ReadPage): Promise<Lookup> {
    const asOf = this.#marks.now();
    const entries = this.#queries.get(key);
    const held = newestFor(window, entries);
    if (entries === undefined || held === undefined) return { found: undefined, asOf };
    const entry = this.#entryOf(key, entries, held, read);
    return { found: entry && { entry, ref: held.ref }, asOf };
  }

  set(key: QueryKey, marks: readonly Mark[], entry: NewEntry): EntryRef | undefined {
    const extent = extentOf(entry);
    if (this.#marks.setSince(marks, entry.asOf)) return undefined;
    const isNewer = (other: Held) => other.ref.asOf > entry.asOf && replaces(other.extent, extent);
    if (this.#queries.get(key)?.some(isNewer)) return undefined;
    if (entry.kind === 'page' && !this.#makeRoom(bytesOf(entry.body))) {
      this.#drop(key, entry.asOf);
      return undefined;
    }
    const others = this.#queries.get(key) ?? [];
    const { kind, at, asOf } = entry;
    const newer = others.filter((other) => other.ref.asOf > asOf);
    if (newer.length === MAX_ENTRIES_PER_QUERY) return undefined;
    const older = others.filter((other) => other.ref.asOf <= asOf && !replaces(extent, other.extent));
    const ref = { key, version: String(++this.#versions), kind, at, asOf };
    const held = { ref, extent, marks: this.#marks.hold(marks), content: this.#contentOf(entry) };
    this.#replace(key, others, [...newer, held, ...older].slice(0, MAX_ENTRIES_PER_QUERY));
    return ref;
  }

  async invalidate(mark: Mark, asOf?: Moment): Promise<boolean> {
    this.#marks.set(mark, asOf);
    return true;
  }

  async invalidatedSince(marks: readonly Mark[], asOf: Moment): Promise<boolean> {
    return this.#marks.setSince(marks, asOf);
  }

  async areCurrent(parts: readonly Part[]): Promise<boolean> {
    return parts.every(({ ref, window }) => newestFor(window, this.#queries.get(ref.key))?.ref.version === ref.version);
  }

  /** Evicts before a page is written, since the arena does not shrink again. False, and nothing is evicted, if it is too large. */
  #makeRoom(bytes: number): boolean {
    if (bytes > this.#queries.maxSize) return false;
    while (this.#queries.calculatedSize + bytes > this.#queries.maxSize) this.#queries.pop();
    return true;
  }

  /** Drops the entries of a query but those that are newer. */
  #drop(key: QueryKey, asOf: Moment): void {
    const entries = this.#queries.get(key) ?? [];
    const kept = entries.filter(({ ref }) => ref.asOf > asOf);
    if (kept.length === 0) this.#queries.delete(key);
    else if (kept.length < entries.length) this.#replace(key, entries, kept);
  }

  #replace(key: QueryKey, before: readonly Held[], after: readonly Held[]): void {
    for (const held of before) if (!after.includes(held)) this.#release(held);
    this.#queries.set(key, after);
    // Entries of one query that are together larger than the whole store are not stored.
    if (!this.#queries.has(key)) for (const held of after) this.#release(held);
  }

  #release({ marks, content }: Held): void {
    this.#marks.release(marks);
    if (content.kind === 'bytes') this.#bodies.free(content.body);
  }

  #contentOf(entry: NewEntry): HeldContent {
    if (entry.kind === 'not-found') return { kind: 'entry', entry, bytes: 0 };
    return { kind: 'bytes', body: this.#bodies.write(entry.body), window: entry.window };
  }

  /** The first read of a page stores it parsed, so that later reads cost nothing. */
  #entryOf(key: QueryKey, entries: readonly Held[], held: Held, read: ReadPage): CacheEntry | undefined {
    if (held.content.kind === 'entry') return held.content.entry;
    const { body, window } = held.content;
    const bytes = this.#bodies.read(body);
    if (bytes === undefined) return undefined;
    const page = read(bytes);
    const entry: CachedPage = { kind: 'page', at: held.ref.at, asOf: held.ref.asOf, window, page };
    this.#bodies.free(body);
    held.content = { kind: 'entry', entry, bytes: Buffer.byteLength(JSON.stringify(page)) * READ_PAGE_FACTOR };
    this.#replace(key, entries, [...entries]);
    return entry;
  }
}

function newestFor(window: Window, entries: readonly Held[] | undefined): Held | undefined {
  return entries?.find(
    ({ extent, ref, marks }) => covers(extent, window) && marks.every(({ setAt }) => setAt <= ref.asOf),
  );
}

function sizeOf(content: HeldContent): number {
  return content.kind === 'bytes' ? bytesOf(content.body) : ENTRY_BYTES + content.bytes;
}

/** The approximate memory of an entry whose page is stored as these bytes. */
function bytesOf({ length }: { readonly length: number }): number {
  return ENTRY_BYTES + arenaSizeOf(length);
}
