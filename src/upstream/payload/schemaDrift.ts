import type { Warning } from '../../model/page.ts';
import { WrittenNumber } from './values.ts';

/** An upstream value that was replaced or dropped. `field` is its path in the payload, without indices. */
export type Drift = { readonly field: string; readonly code: 'UNKNOWN_VALUE' | 'INVALID_VALUE' };

const NONE: readonly Warning[] = Object.freeze([]);
/** The maximum number of the gateway's own warnings for one payload. One more warning counts the rest. */
const MAX_WARNINGS = 100;
const MAX_VALUE_LENGTH = 60;

/** Collects the values of a payload that were replaced or dropped: as warnings for clients, and as drift for operators. */
export class DriftCollector {
  readonly #drift: Drift[] = [];
  #warnings: Warning[] | undefined;
  #leftOut = 0;
  #promotionId: string | null = null;
  #metNumbers = false;

  /** The drift that was found. It is bounded like the warnings. */
  get drift(): readonly Drift[] {
    return this.#drift;
  }

  /** Whether a number was read whose digits count. It may have been rounded when the JSON was parsed. */
  get metNumbers(): boolean {
    return this.#metNumbers;
  }

  metNumber(): void {
    this.#metNumbers = true;
  }

  /** Warnings name this promotion until the next `take`. */
  about(promotionId: string): void {
    this.#promotionId = promotionId;
  }

  /**
   * Adds a value that was not as documented.
   * @param field its path in the payload, without indices, such as `promotions[].startDate`. It becomes a metric's label, so
   *   there must be few different ones.
   */
  add(code: Drift['code'], field: string, value: unknown): void {
    if (typeof value === 'number') this.#metNumbers = true;
    if (this.#drift.length === MAX_WARNINGS) {
      this.#leftOut++;
      return;
    }
    this.#drift.push({ field, code });
    this.#warnings ??= [];
    const verdict = code === 'UNKNOWN_VALUE' ? 'is not known to this schema' : 'cannot be read';
    const suffix = this.#promotionId === null ? '' : ` (promotion ${excerpt(this.#promotionId)})`;
    this.#warnings.push({
      code,
      message: `${field}: ${excerpt(value)} ${verdict}${suffix}.`,
      promotionId: this.#promotionId,
      field: field.replace(/^promotions\[\]\./, ''),
    });
  }

  /** The warnings since the last call. */
  take(): readonly Warning[] {
    const taken = this.#warnings ?? NONE;
    this.#warnings = undefined;
    this.#promotionId = null;
    return taken;
  }

  /** The number of values without a warning. */
  get leftOut(): number {
    return this.#leftOut;
  }
}

/** A short text for a value: JSON for a simple value, only the kind for an object or list. */
function excerpt(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof WrittenNumber) return cut(value.digits);
  if (value !== null && typeof value === 'object') return 'an object';
  if (value === undefined) return 'a missing value';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(cut(value));
}

/** The beginning of a long text. A character that is cut in half is replaced. */
function cut(value: string): string {
  const short = value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH)}…` : value;
  return short.toWellFormed();
}
