import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate, inflateRaw } from 'node:zlib';

type Unpacker = (body: Buffer, maxOutputLength: number) => Promise<Buffer>;

// A body that lacks the end of its compressed form, such as gzip's checksum, is read as browsers read it.
const [asZlib, asBrotli] = [
  { finishFlush: constants.Z_SYNC_FLUSH },
  { finishFlush: constants.BROTLI_OPERATION_FLUSH },
] as const;
const gunzipped: Unpacker = (body, maxOutputLength) => promisify(gunzip)(body, { ...asZlib, maxOutputLength });
const inflated: Unpacker = (body, maxOutputLength) => {
  // Some servers send deflate without its header of two bytes.
  const bare = ((body[0] ?? 0) & 0x0f) !== 0x08;
  return promisify(bare ? inflateRaw : inflate)(body, { ...asZlib, maxOutputLength });
};
const brotli: Unpacker = (body, maxOutputLength) => promisify(brotliDecompress)(body, { ...asBrotli, maxOutputLength });

const UNPACKERS: ReadonlyMap<string, Unpacker> = new Map([
  ['gzip', gunzipped],
  ['x-gzip', gunzipped],
  ['deflate', inflated],
  ['br', brotli],
]);

/** What servers send as an encoding of a body that is not compressed. */
const MEANINGLESS = new Set(['', 'identity', 'none', 'binary', '8bit', 'utf-8', 'utf8', 'json']);

/** Why a compressed body cannot be used. */
export type UnpackError = 'too large' | 'unknown encoding' | 'not unpackable';

/** Decompresses a body by its Content-Encoding (several, the last one first), to at most `maxBytes`. */
export async function unpack(body: Buffer, encoding: string, maxBytes: number): Promise<Buffer | UnpackError> {
  const names = encoding.split(',').map((name) => name.trim().toLowerCase());
  let unpacked = body;
  for (const name of names.filter((each) => !MEANINGLESS.has(each)).reverse()) {
    const unpacker = UNPACKERS.get(name);
    if (unpacker === undefined) return 'unknown encoding';
    try {
      unpacked = await unpacker(unpacked, maxBytes);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'not unpackable';
    }
  }
  return unpacked;
}

const BYTE_ORDER_MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/**
 * The body as UTF-8 without a byte order mark, from the charset that its first bytes or its Content-Type name. An unknown
 * charset is read as UTF-8, which JSON is.
 */
export function inUtf8(body: Buffer, contentType: string | undefined): Buffer {
  const marked = BYTE_ORDER_MARKS.find(([, mark]) => mark.every((byte, at) => body[at] === byte));
  const charset =
    marked?.[0] ?? /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset === 'utf-8' || charset === 'utf8') return body.subarray(marked?.[1].length ?? 0);
  try {
    return Buffer.from(new TextDecoder(charset).decode(body));
  } catch {
    return body;
  }
}
