const CHUNK_BYTES = 4096;
const REGION_BYTES = 1024 * 1024;
const CHUNKS_PER_REGION = REGION_BYTES / CHUNK_BYTES;

/** Where an arena has some bytes: in these chunks, or nowhere once they are freed. */
export type ArenaBytes = { readonly length: number; chunks: Uint32Array | undefined };

/** How much of an arena so many bytes take. */
export function arenaSizeOf(length: number): number {
  return Math.ceil(length / CHUNK_BYTES) * CHUNK_BYTES;
}

/**
 * Memory for bytes that come and go. Freed memory is used again at once; a Buffer for each body would stay until the
 * garbage collector finds it, and the process would take far more memory than it holds. It grows with its content and never
 * shrinks: its owner bounds the content.
 */
export class ByteArena {
  readonly #regions: Buffer[] = [];
  readonly #free: number[] = [];
  /** Text is encoded here on its way into chunks. */
  #encoded = Buffer.alloc(0);

  /** How much memory it has taken. */
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
    if (this.#encoded.length < length) this.#encoded = Buffer.allocUnsafeSlow(length);
    this.#encoded.write(text);
    return this.write(this.#encoded.subarray(0, length));
  }

  /** A copy of what was written, undefined once it is freed: its chunks may hold other bytes then. */
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

  /** One more region. Returns its first chunk; the others are free. */
  #grow(): number {
    const first = this.#regions.length * CHUNKS_PER_REGION;
    this.#regions.push(Buffer.allocUnsafeSlow(REGION_BYTES));
    for (let chunk = first + CHUNKS_PER_REGION - 1; chunk > first; chunk--) this.#free.push(chunk);
    return first;
  }
}
