import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

const UNPACKERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  'deflate without a header': promisify(inflateRaw),
  br: promisify(brotliDecompress),
} as const;

/** Why a compressed body cannot be used. */
export type UnpackError = 'too large' | 'not unpackable';

/** Decompresses a body by its Content-Encoding, to at most `maxBytes`. */
export async function unpack(body: Buffer, encoding: string, maxBytes: number): Promise<Buffer | UnpackError> {
  const name = encoding.trim().toLowerCase();
  if (!(name in UNPACKERS)) return 'not unpackable';
  // Some servers send deflate without its header of two bytes.
  const bare = name === 'deflate' && ((body[0] ?? 0) & 0x0f) !== 0x08;
  const unpacker = UNPACKERS[bare ? 'deflate without a header' : (name as keyof typeof UNPACKERS)];
  try {
    return await unpacker(body, { maxOutputLength: maxBytes });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'not unpackable';
  }
}
