import type { CachedNotFound, CachedPage, CacheEntry, NewEntry } from './entry.ts';
import type { ReadPage } from './store.ts';

/** An entry as bytes: a line of JSON with everything but the page, then the page as upstream sent it. */
export function encode(entry: NewEntry): Buffer {
  if (entry.kind === 'not-found') return Buffer.from(`${JSON.stringify(entry)}\n`);
  const { kind, at, asOf, window, body } = entry;
  return Buffer.concat([Buffer.from(`${JSON.stringify({ kind, at, asOf, window })}\n`), body]);
}

/**
 * The entry in these bytes, or undefined if they have another form. They must come from the gateway itself (see `Seal`), since
 * only their outline is checked.
 */
export function decode(bytes: Buffer, read: ReadPage): CacheEntry | undefined {
  const end = bytes.indexOf('\n');
  const head = end < 0 ? undefined : headIn(bytes.toString('utf8', 0, end));
  if (head?.kind === 'page') return { ...head, page: read(bytes.subarray(end + 1), head.window) };
  return head;
}

type Head = Omit<CachedPage, 'page'> | CachedNotFound;

function headIn(text: string): Head | undefined {
  const head = parsed(text);
  if (typeof head !== 'object' || head === null || !('kind' in head)) return undefined;
  if (!('at' in head && 'asOf' in head && Number.isFinite(head.at) && Number.isFinite(head.asOf))) return undefined;
  const isWhole = head.kind === 'page' ? 'window' in head : head.kind === 'not-found' && 'upstream' in head;
  return isWhole ? (head as Head) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
