import type { Warning } from '../../model/page.ts';
import type { DateTime } from '../../model/promotion.ts';

/**
 * Cleans the values of a payload. Each function takes a parsed JSON value and the path of its field, and returns the clean
 * value, or null if it is absent, null or cannot be read. A value that cannot be read is added to the drift.
 */

const [MIN_INT, MAX_INT] = [-2_147_483_648, 2_147_483_647];

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber);
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Null. Adds drift unless the value is absent or null. */
export function unreadable(value: unknown, field: string, found: DriftCollector): null {
  if (!isAbsent(value)) found.add('INVALID_VALUE', field, value);
  return null;
}

/** Null. Adds drift if a required value is absent; one that could not be read was added before. */
export function missing(value: unknown, field: string, found: DriftCollector): null {
  if (isAbsent(value)) found.add('INVALID_VALUE', field, value);
  return null;
}

/** The value of a member that upstream spells in two ways. If both are present and differ, the second is added as drift. */
export function oneOf(value: unknown, other: unknown, otherField: string, found: DriftCollector): unknown {
  if (isAbsent(other)) return value;
  if (isAbsent(value)) return other;
  if (spelt(value) !== spelt(other)) found.add('INVALID_VALUE', otherField, other);
  return value;
}

/** A value by which `5` and `"5"` are equal. */
function spelt(value: unknown): unknown {
  return value instanceof WrittenNumber ? value.digits : typeof value === 'number' ? String(value) : value;
}

/** Well-formed text. Numbers and booleans become text; half a surrogate pair becomes U+FFFD and is added as drift. */
export function text(value: unknown, field: string, found: DriftCollector): string | null {
  if (typeof value === 'string') return wellFormed(value, field, found);
  if (typeof value === 'boolean') return String(value);
  return digitsOf(value, found) ?? unreadable(value, field, found);
}

/** Half a surrogate pair, such as what is left of an emoji that was cut, would make the whole response unreadable to strict clients. */
function wellFormed(value: string, field: string, found: DriftCollector): string {
  if (value.isWellFormed()) return value;
  found.add('INVALID_VALUE', field, value);
  return value.toWellFormed();
}

/** An id: text that is not empty, or a whole number with all its digits. */
export function id(value: unknown, field: string, found: DriftCollector): string | null {
  // `5.0` and `1e3` are the ids 5 and 1000, as JSON.parse reads them, whether or not the page is parsed number by number.
  if (Number.isSafeInteger(value)) return String(value);
  if (value instanceof WrittenNumber) return wholeOf(value.digits) ?? unreadable(value, field, found);
  return typeof value === 'string' && value !== '' ? wellFormed(value, field, found) : unreadable(value, field, found);
}

function wholeOf(digits: string): string | null {
  const whole = /^(-?\d+)(?:\.0+)?$/.exec(withoutExponent(digits) ?? '')?.[1] ?? null;
  return whole === '-0' ? '0' : whole;
}

/** A whole number of 32 bits, like GraphQL's Int. `"5"` and `"5.000"` are accepted. */
export function integer(value: unknown, field: string, found: DriftCollector): number | null {
  const number = numberOf(value);
  if (!Number.isInteger(number) || number < MIN_INT || number > MAX_INT) return unreadable(value, field, found);
  return number === 0 ? 0 : number;
}

/** The number, also of text without an exponent. NaN for anything else, and for digits that a double rounds to a whole number. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value instanceof WrittenNumber) return Number(wholeOf(value.digits) ?? Number.NaN);
  return typeof value === 'string' && WHOLE.test(value.trim()) ? Number(value) : Number.NaN;
}

/** `true` or `false`, also as text or as 1 and 0. */
export function boolean(value: unknown, field: string, found: DriftCollector): boolean | null {
  if (typeof value === 'boolean') return value;
  if (numberOf(value) === 1 || (typeof value === 'string' && /^true$/i.test(value))) return true;
  if (numberOf(value) === 0 || (typeof value === 'string' && /^false$/i.test(value))) return false;
  return unreadable(value, field, found);
}

const WHOLE = /^[+-]?(?:\d+(?:\.0*)?|\.0+)$/;
/** XML Schema's decimal, which the schema refers to: `.5` and `5.` too. */
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
/** Much longer than any amount. The time to compute with a decimal grows with the square of its length. */
const MAX_DECIMAL_LENGTH = 100;

/** A decimal exactly as sent, `"50.000"` with its zeros. Grouping such as `"1,000"` is refused: it is ambiguous. */
export function decimal(value: unknown, field: string, found: DriftCollector): string | null {
  const digits = typeof value === 'string' ? value.trim() : digitsOf(value, found);
  if (digits !== null && digits.length <= MAX_DECIMAL_LENGTH && DECIMAL.test(digits)) return digits;
  return unreadable(value, field, found);
}

/**
 * A number of a payload that a double does not hold as it was written, such as `50.000` or one of more than 15 digits.
 * Only `asWritten` in `pageReader.ts` makes them.
 */
export class WrittenNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }
}

/** A number as it was written, without an exponent; null for anything else, and for a whole number that JSON.parse has rounded. */
function digitsOf(value: unknown, found: DriftCollector): string | null {
  if (value instanceof WrittenNumber) return withoutExponent(value.digits);
  if (typeof value !== 'number') return null;
  found.metNumber();
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : withoutExponent(String(value));
}

/** The same number written out, with all its digits: `1.50e1` is `15.0`. Null if that is longer than any amount. */
function withoutExponent(digits: string): string | null {
  const [mantissa = '', exponent] = digits.toLowerCase().split('e');
  if (exponent === undefined) return digits;
  if (!(Math.abs(Number(exponent)) <= MAX_DECIMAL_LENGTH)) return null;
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.slice(sign.length).split('.');
  const point = whole.length + Number(exponent);
  const all = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`.padEnd(point, '0');
  const before = all.slice(0, Math.max(1, point)).replace(/^0+(?=\d)/, '');
  const after = all.slice(Math.max(1, point));
  return after === '' ? sign + before : `${sign}${before}.${after}`;
}

/** One of the values that the schema knows, else UNKNOWN, which is added as drift. */
export function known<Value extends string>(
  value: unknown,
  values: ReadonlySet<Value>,
  field: string,
  found: DriftCollector,
): Value | 'UNKNOWN' | null {
  if (isAbsent(value)) return null;
  if ((values as ReadonlySet<unknown>).has(value)) return value as Value;
  found.add('UNKNOWN_VALUE', field, value);
  return 'UNKNOWN';
}

const EMPTY: readonly never[] = Object.freeze([]);

/**
 * The members of a list that can be read, in their order. An absent or null list is empty. An object in place of the list is
 * its only member, as converters from XML write it, and is added as drift.
 */
export function list<Member>(
  value: unknown,
  field: string,
  found: DriftCollector,
  read: (member: Record<string, unknown>, found: DriftCollector) => Member | null,
): readonly Member[] {
  const members = membersOf(value, field, found);
  if (members.length === 0) return EMPTY;
  const clean: Member[] = [];
  for (const raw of members) {
    if (isObject(raw)) {
      const member = read(raw, found);
      if (member !== null) clean.push(member);
    } else {
      found.add('INVALID_VALUE', `${field}[]`, raw);
    }
  }
  return clean;
}

/** The unread members of a list; none, with drift, for what is neither a list nor an object. */
export function membersOf(value: unknown, field: string, found: DriftCollector): readonly unknown[] {
  if (Array.isArray(value)) return value;
  unreadable(value, field, found);
  return isObject(value) && Object.keys(value).length > 0 ? [value] : EMPTY;
}

/** Upstream's usual format, which is also the schema's, for a day that exists in every year. */
const AS_SERVED = new RegExp(
  [
    String.raw`^\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))`,
    String.raw`T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$`,
  ].join(''),
);
const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * An instant in UTC with milliseconds, from an ISO 8601 date with or without time and offset. Without them it is midnight in
 * UTC, as in upstream's samples. A day that does not exist is refused. So is a number, which could be seconds or
 * milliseconds.
 */
export function instant(value: unknown, field: string, found: DriftCollector): DateTime | null {
  if (typeof value !== 'string') return unreadable(value, field, found);
  return AS_SERVED.test(value) ? value : (fromIso(value) ?? unreadable(value, field, found));
}

function fromIso(value: string): DateTime | null {
  const parts = ISO_8601.exec(value.trim());
  if (parts === null) return null;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    parts;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const time = Date.parse(local);
  // Date.parse reads 30 February as 1 March and hour 24 as the next day, so the result is compared with the input.
  if (Number.isNaN(time) || new Date(time).toISOString() !== local) return null;
  const offset = offsetMinutes(zone);
  if (offset === null) return null;
  const utc = new Date(time - offset * 60_000).toISOString();
  return utc.length === local.length ? utc : null;
}

/** Minutes east of UTC; null for an offset that does not exist. */
function offsetMinutes(zone: string): number | null {
  if (zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

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

  /** Warnings name this promotion, from the last `take` to the next: its id itself may have been mended. */
  about(promotionId: string): void {
    this.#promotionId = promotionId;
    this.#warnings = this.#warnings?.map((warning) => ({ ...warning, promotionId }));
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
    const verdict = code === 'UNKNOWN_VALUE' ? 'is not known to this schema' : 'cannot be read';
    const suffix = this.#promotionId === null ? '' : ` (promotion ${excerpt(this.#promotionId)})`;
    const warning: Warning = {
      code,
      message: `${field}: ${excerpt(value)} ${verdict}${suffix}.`,
      promotionId: this.#promotionId,
      field: field.replace(/^promotions\[\]\./, ''),
    };
    // An empty list that grows takes the memory of 17 members.
    if (this.#warnings === undefined) this.#warnings = [warning];
    else this.#warnings.push(warning);
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
