import type { Warning } from '../../model/page.ts';

/** A value of upstream's that had to be replaced or dropped: `field` is its path in the payload, without indices. */
export type Drift = { readonly field: string; readonly code: 'UNKNOWN_VALUE' | 'INVALID_VALUE' };

const NONE: readonly Warning[] = Object.freeze([]);
/** So that a poisoned payload answers with no more than this many of the gateway's own warnings, and one that counts. */
const MAX_FINDINGS = 100;
const MAX_VALUE_LENGTH = 60;

/** Collects what had to be replaced or dropped while a payload is read: warnings for its reader, drift for operators. */
export class DriftCollector {
  readonly #drift: Drift[] = [];
  #warnings: Warning[] | undefined;
  #leftOut = 0;
  #promotionId: string | null = null;

  /** What was found, one each; as bounded as the warnings are. */
  get drift(): readonly Drift[] {
    return this.#drift;
  }

  /** Until the next `take`, found name this promotion. */
  about(promotionId: string): void {
    this.#promotionId = promotionId;
  }

  /**
   * A value that was not as documented.
   * @param field its path in the payload, without indices, such as `promotions[].startDate`: one of few, since it becomes
   *   a label of a metric
   */
  add(code: Drift['code'], field: string, value: unknown): void {
    if (this.#drift.length === MAX_FINDINGS) {
      this.#leftOut++;
      return;
    }
    this.#drift.push({ field, code });
    this.#warnings ??= [];
    const verdict = code === 'UNKNOWN_VALUE' ? 'is not known to this schema' : 'cannot be read';
    const suffix = this.#promotionId === null ? '' : ` (promotion ${excerpt(this.#promotionId)})`;
    this.#warnings.push({ code, message: `${field}: ${excerpt(value)} ${verdict}${suffix}.` });
  }

  /** The warnings since the last call. */
  take(): readonly Warning[] {
    const taken = this.#warnings ?? NONE;
    this.#warnings = undefined;
    this.#promotionId = null;
    return taken;
  }

  /** How many found there were beyond those that warnings tell of. */
  get leftOut(): number {
    return this.#leftOut;
  }
}

/** A short look at a value: a simple one as JSON, of an object or list only its kind. */
function excerpt(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  if (value === undefined) return 'a missing value';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH)}…` : value);
}
