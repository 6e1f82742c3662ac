import { randomBytes } from 'node:crypto';
import type { Moment } from '../model/moment.ts';
import type { Window } from '../model/page.ts';
import type { Seal } from '../redis/seal.ts';
import type { SharedRedis } from '../redis/sharedRedis.ts';
import type { QueryKey } from '../upstream/lookupRequest.ts';
import { covers, extentOf, type Lifetimes, type NewEntry } from './entry.ts';
import type { Mark } from './marks.ts';
import { decode, encode } from './redisCodec.ts';
import { ENTRIES, MARKS, SCRIPTS } from './redisScripts.ts';
import type { EntryRef, Lookup, Part, ReadPage, Store } from './store.ts';

type Arguments = readonly (string | number | Buffer)[];
type Command = (keyCount: number, ...keysAndArguments: Arguments) => Promise<unknown>;
type Commands = Record<Exclude<keyof typeof SCRIPTS, 'cacheGet'>, Command> & { readonly cacheGetBuffer: Command };

/** A found entry: its version, its `asOf` and its marks in the index, and its sealed value, null if that is too large. */
type Stored = readonly [version: Buffer, asOf: Buffer, marks: Buffer, sealed: Buffer | null];

/** A lookup that waits to be sent with the others of the same turn. */
type Waiting = {
  readonly key: QueryKey;
  readonly window: Window;
  readonly read: ReadPage;
  resolve(lookup: Lookup): void;
};

const NOTHING: Lookup = { found: undefined, asOf: undefined };
const RETRY_MS = 500;
const MAX_UNSENT = 100_000;
/** Marks that are sent at once: all of them would keep Redis from anything else for seconds, and then time out. */
const MAX_SENT = 1000;

export type RedisStoreOptions = {
  readonly redis: SharedRedis;
  readonly seal: Seal;
  readonly lifetimes: Lifetimes;
  /** As in `MemoryMarks`. */
  readonly recentMs: number;
  /** The maximum size of a page's body, in bytes. */
  readonly maxBodyBytes: number;
};

/** The bytes of a stored value besides the page's body: when it was made, its window, and the seal. */
const HEAD_BYTES = 1024;

/** Entries and marks for all instances. Redis deletes entries once they may no longer be served. */
export class RedisStore implements Store {
  readonly #options: RedisStoreOptions;
  readonly #commands: Commands;
  #waiting: Waiting[] = [];
  /** Marks that could not be sent to Redis yet, and until when (`performance.now()`) an entry may depend on them. */
  readonly #unsent = new Map<Mark, number>();
  #retry: NodeJS.Timeout | undefined;

  constructor(options: RedisStoreOptions) {
    for (const [name, lua] of Object.entries(SCRIPTS)) options.redis.client.defineCommand(name, { lua });
    this.#options = options;
    this.#commands = options.redis.client as unknown as Commands;
  }

  /** All lookups of one turn, such as those of an operation, are sent in one round trip. */
  get(key: QueryKey, window: Window, read: ReadPage): Promise<Lookup> {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) process.nextTick(() => void this.#lookUp());
      this.#waiting.push({ key, window, read, resolve });
    });
  }

  set(key: QueryKey, marks: readonly Mark[], entry: NewEntry, instead?: Mark): EntryRef | undefined {
    if (this.#isUnsent(marks)) return undefined;
    const { kind, at, asOf } = entry;
    const ref = { key, version: randomBytes(12).toString('base64url'), kind, at, asOf };
    const extent = extentOf(entry);
    const window = extent.kind === 'window' ? extent.window : { offset: 'all', limit: 0 };
    const inside = extent.kind === 'window' && extent.inside ? 1 : 0;
    const { ttlMs, staleMs, notFoundMs } = this.#options.lifetimes;
    const life = kind === 'page' ? ttlMs + staleMs : notFoundMs;
    const value = this.#options.seal.seal(`${key} ${ref.version}`, encode(entry));
    const head = [window.offset, window.limit, inside, ref.version, asOf, marks.join(',')];
    void this.#done(this.#commands.cacheSet(1, ENTRIES + key, ...head, value, life)).then((isStored) => {
      if (!isStored && instead !== undefined) void this.invalidate(instead, asOf);
    });
    return ref;
  }

  async invalidate(mark: Mark, asOf?: Moment): Promise<boolean> {
    if (await this.#done(this.#options.redis.inTime(this.#invalidate([mark], asOf)))) return true;
    const { lifetimes, recentMs } = this.#options;
    // A call from before the mark may still be in flight, and its page be stored by another instance.
    this.#unsent.set(mark, performance.now() + recentMs + lifetimes.ttlMs + lifetimes.staleMs);
    const [oldest] = this.#unsent.keys();
    if (oldest !== undefined && this.#unsent.size > MAX_UNSENT) this.#unsent.delete(oldest);
    this.#retryLater();
    return false;
  }

  async invalidatedSince(marks: readonly Mark[], asOf: Moment): Promise<boolean> {
    if (this.#isUnsent(marks)) return true;
    try {
      return (await this.#options.redis.soon(this.#commands.cacheInvalidatedSince(1, MARKS, asOf, ...marks))) === 1;
    } catch (error) {
      this.#reportError(error);
      return true;
    }
  }

  async areCurrent(parts: readonly Part[]): Promise<boolean> {
    if (this.#unsent.size > 0) return false;
    const keys = parts.map(({ ref }) => ENTRIES + ref.key);
    const wanted = parts.flatMap(({ ref, window }) => [window.offset, window.limit, ref.version, ref.asOf]);
    try {
      return (await this.#options.redis.soon(this.#commands.cacheCurrent(keys.length, ...keys, ...wanted))) === 1;
    } catch (error) {
      this.#reportError(error);
      return false;
    }
  }

  close(): void {
    clearTimeout(this.#retry);
  }

  async #lookUp(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const keys = waiting.map(({ key }) => ENTRIES + key);
    const wanted = waiting.flatMap(({ window }) => [window.offset, window.limit]);
    try {
      const maxBytes = this.#options.maxBodyBytes + HEAD_BYTES;
      const command = this.#commands.cacheGetBuffer(keys.length, ...keys, ...wanted, maxBytes);
      const [time, ...values] = (await this.#options.redis.soon(command)) as [Buffer, ...(Stored | null)[]];
      const asOf = Number(time.toString()) as Moment;
      for (const [index, each] of waiting.entries()) {
        const value = values[index];
        each.resolve({ found: value ? this.#read(each, value) : undefined, asOf });
      }
    } catch (error) {
      this.#reportError(error);
      for (const { resolve } of waiting) resolve(NOTHING);
    }
  }

  /** An entry that is too large, or of another time than its index says, was not written by the gateway. */
  #read({ key, window, read }: Waiting, [versionBytes, indexedAsOf, marks, sealed]: Stored): Lookup['found'] {
    if (this.#isUnsent(marks.toString().split(',') as Mark[])) return undefined;
    const version = versionBytes.toString();
    const bytes = sealed === null ? undefined : this.#options.seal.open(`${key} ${version}`, sealed);
    const entry = bytes && decode(bytes, read);
    if (entry?.asOf === Number(indexedAsOf.toString()) && covers(extentOf(entry), window)) {
      const { kind, at, asOf } = entry;
      return { entry, ref: { key, version, kind, at, asOf } };
    }
    this.#reportError(new Error('FOREIGN A stored value is not as it was written.'));
    return undefined;
  }

  #isUnsent(marks: readonly Mark[]): boolean {
    return marks.some((mark) => this.#unsent.has(mark));
  }

  #invalidate(marks: readonly Mark[], asOf?: Moment): Promise<unknown> {
    return this.#commands.cacheInvalidate(1, MARKS, this.#options.recentMs, asOf ?? '', ...marks);
  }

  /** Whether a command was carried out, and stored or set what it should. */
  async #done(command: Promise<unknown>): Promise<boolean> {
    try {
      return (await command) === 1;
    } catch (error) {
      this.#reportError(error);
      return false;
    }
  }

  #retryLater(): void {
    this.#retry ??= setTimeout(async () => {
      for (const [mark, until] of this.#unsent) if (until <= performance.now()) this.#unsent.delete(mark);
      for (let sent = true; sent && this.#unsent.size > 0; ) {
        const unsent = [...this.#unsent.entries().take(MAX_SENT)];
        sent = await this.#done(this.#invalidate(unsent.map(([mark]) => mark)));
        // A mark that was set again in the meantime has another time.
        if (sent) for (const [mark, until] of unsent) if (this.#unsent.get(mark) === until) this.#unsent.delete(mark);
      }
      this.#retry = undefined;
      if (this.#unsent.size > 0) this.#retryLater();
    }, RETRY_MS).unref();
  }

  #reportError(error: unknown): void {
    this.#options.redis.reportError(error);
  }
}
