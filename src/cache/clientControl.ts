/** What a request's own `Cache-Control` asks of the cache. */
export type ClientControl = {
  /** Oldest entry that the client takes, in milliseconds since upstream's answer; negative for none at all. */
  readonly maxAgeMs: number;
  /** Whether upstream may not be asked. */
  readonly onlyIfCached: boolean;
};

/** The control of a request without the header. */
export const ANY_AGE: ClientControl = Object.freeze({ maxAgeMs: Number.POSITIVE_INFINITY, onlyIfCached: false });

/**
 * Reads `no-cache`, `max-age=<seconds>` and `only-if-cached`, as RFC 9111 has them. Other directives do not count: they ask
 * for what the cache does anyway (`max-stale`) or what it has no use for (`no-store`, `no-transform`).
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
