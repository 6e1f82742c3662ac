/** What a request's own `Cache-Control` requires of the cache. */
export type ClientControl = {
  /** The maximum age of an entry that the client accepts, in milliseconds. Negative accepts no entry. */
  readonly maxAgeMs: number;
  /** Whether no upstream call may be made. */
  readonly onlyIfCached: boolean;
};

/** The control of a request without the header. */
export const ANY_AGE: ClientControl = Object.freeze({ maxAgeMs: Number.POSITIVE_INFINITY, onlyIfCached: false });

/**
 * Reads `no-cache`, `max-age=<seconds>` and `only-if-cached`, as RFC 9111 defines them. Other directives are ignored: the
 * cache always does what `max-stale` allows, and has no use for others such as `no-store`.
 */
export function clientControlOf(header: string | undefined): ClientControl {
  if (header === undefined) return ANY_AGE;
  let { maxAgeMs, onlyIfCached } = ANY_AGE;
  for (const directive of header.toLowerCase().split(',')) {
    const [name = '', value = ''] = directive.split('=').map((part) => part.trim());
    if (name === 'no-cache') maxAgeMs = -1;
    if (name === 'only-if-cached') onlyIfCached = true;
    const seconds = /^"?(\d{1,9})"?$/.exec(value)?.[1];
    if (name === 'max-age' && seconds !== undefined) maxAgeMs = Math.min(maxAgeMs, Number(seconds) * 1000);
  }
  return { maxAgeMs, onlyIfCached };
}
