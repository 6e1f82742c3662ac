import type { CacheEntry } from './entry.ts';

/** Goes up whenever `CacheEntry` or what it holds changes its shape: instances of both releases may share a store for a while. */
export const CODEC_VERSION = 2;

/** A kept answer as text. */
export function encode(kept: CacheEntry): string {
  return JSON.stringify([CODEC_VERSION, kept]);
}

/**
 * What `encode` was given, or undefined for text of another version or none at all. The text has to be known as the
 * gateway's own (see `Seal`): just its outline is looked at.
 */
export function decode(text: string): CacheEntry | undefined {
  const value = parsed(text);
  if (!Array.isArray(value) || value[0] !== CODEC_VERSION) return undefined;
  const kept: unknown = value[1];
  if (typeof kept !== 'object' || kept === null || !('kind' in kept) || !('at' in kept)) return undefined;
  if (!Number.isFinite(kept.at)) return undefined;
  const whole = kept.kind === 'page' ? 'window' in kept && 'page' in kept : kept.kind === 'not-found';
  return whole ? (kept as CacheEntry) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
