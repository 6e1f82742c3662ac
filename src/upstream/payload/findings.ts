import type { Warning } from '../../model/page.ts';
import type { Drift } from '../events.ts';

const NONE: readonly Warning[] = Object.freeze([]);
/** A poisoned payload shall not answer with more warnings than promotions. */
const MAX_WARNINGS = 100;
const MAX_VALUE_LENGTH = 60;

/** Collects what had to be replaced or dropped while a payload is read: warnings for its reader, drift for operators. */
export class Findings {
  readonly #drift: Drift[] = [];
  #warnings: Warning[] | undefined;
  #count = 0;

  get drift(): readonly Drift[] {
    return this.#drift;
  }

  /**
   * A value that was not as documented.
   * @param field its path in the payload, without indices, such as `promotions[].startDate`
   */
  add(code: Drift['code'], field: string, value: unknown): void {
    this.#count++;
    this.#drift.push({ field, code });
    if (this.#count > MAX_WARNINGS) return;
    this.#warnings ??= [];
    const verdict = code === 'UNKNOWN_VALUE' ? 'is not known to this schema' : 'cannot be read';
    const rest = this.#count === MAX_WARNINGS ? ' Further warnings are left out.' : '';
    this.#warnings.push({ code, message: `${field}: ${excerpt(value)} ${verdict}.${rest}` });
  }

  /** The warnings since the last call. */
  take(): readonly Warning[] {
    const taken = this.#warnings ?? NONE;
    this.#warnings = undefined;
    return taken;
  }
}

/** A short look at a value: its JSON for a simple one, its kind for an object or list. */
function excerpt(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return json.length > MAX_VALUE_LENGTH ? `${json.slice(0, MAX_VALUE_LENGTH)}…` : json;
}
