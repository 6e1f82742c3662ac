import type { CachedNotFound, CachedPage, CacheEntry, NewEntry } from './entry.ts';
import type { ReadPage } from './store.ts';

/** An entry as bytes: a line of JSON with everything but the page, then the page as upstream sent it. */
export function encode(entry: NewEntry): Buffer {
  if (entry.kind === 'not-found') return Buffer.from(`${JSON.stringify(entry)}\n`);
  const { kind, at, asOf, window, body } = entry;
  return Buffer.concat([Buffer.from(`${JSON.stringify({ kind, at, asOf, window })}\n`), body]);
}

/** The entry in these bytes. Only `encode` may have made them: `Seal` opens what the gateway sealed, and nothing else. */
export function decode(bytes: Buffer, read: ReadPage): CacheEntry {
  const end = bytes.indexOf('\n');
  const head: Omit<CachedPage, 'page'> | CachedNotFound = JSON.parse(bytes.toString('utf8', 0, end));
  return head.kind === 'page' ? { ...head, page: read(bytes.subarray(end + 1)) } : head;
}
