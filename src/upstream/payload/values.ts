import type { DriftCollector } from './schemaDrift.ts';

/**
 * Cleans the values of a payload. Each function takes a parsed JSON value and the path of its field, and returns the clean
 * value, or null if it is absent, null or cannot be read. A value that cannot be read is added to the drift.
 */

const [MIN_INT, MAX_INT] = [-2_147_483_648, 2_147_483_647];

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
  if (value !== other) found.add('INVALID_VALUE', otherField, other);
  return value;
}

/** Text. Numbers and booleans become text. */
export function text(value: unknown, field: string, found: DriftCollector): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return (typeof value === 'number' ? digitsOf(value) : null) ?? unreadable(value, field, found);
}

/** An id: text that is not empty, or a whole number. */
export function id(value: unknown, field: string, found: DriftCollector): string | null {
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : unreadable(value, field, found);
}

/** A whole number of 32 bits, like GraphQL's Int. `"5"` and `"5.000"` are accepted. */
export function integer(value: unknown, field: string, found: DriftCollector): number | null {
  let number = Number.NaN;
  if (typeof value === 'number') number = value;
  else if (typeof value === 'string' && /^[+-]?\d+(\.0*)?$/.test(value)) number = Number(value);
  if (!Number.isInteger(number) || number < MIN_INT || number > MAX_INT) return unreadable(value, field, found);
  return number === 0 ? 0 : number;
}

/** `true` or `false`, also as text or as 1 and 0. */
export function boolean(value: unknown, field: string, found: DriftCollector): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 1 || (typeof value === 'string' && /^(true|1)$/i.test(value))) return true;
  if (value === 0 || (typeof value === 'string' && /^(false|0)$/i.test(value))) return false;
  return unreadable(value, field, found);
}

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;
/** Much longer than any amount. The time to compute with a decimal grows with the square of its length. */
const MAX_DECIMAL_LENGTH = 100;

/** A decimal exactly as sent, `"50.000"` with its zeros. Grouping such as `"1,000"` is refused: it is ambiguous. */
export function decimal(value: unknown, field: string, found: DriftCollector): string | null {
  if (typeof value === 'string' && value.length <= MAX_DECIMAL_LENGTH && DECIMAL.test(value)) return value;
  return (typeof value === 'number' ? digitsOf(value) : null) ?? unreadable(value, field, found);
}

/** A number without an exponent; null for a whole number that is so large that JSON.parse has rounded it. */
function digitsOf(value: number): string | null {
  if (Number.isInteger(value)) return Number.isSafeInteger(value) ? String(value) : null;
  if (!Number.isFinite(value)) return null;
  const [mantissa = '', exponent] = String(value).split('e-');
  if (exponent === undefined) return mantissa;
  const decimals = (mantissa.split('.')[1]?.length ?? 0) + Number(exponent);
  return decimals <= MAX_DECIMAL_LENGTH ? value.toFixed(decimals) : null;
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

/** The members of a list that can be read, in their order. An absent or null list is empty. */
export function list<Member>(
  value: unknown,
  field: string,
  found: DriftCollector,
  read: (member: Record<string, unknown>, found: DriftCollector) => Member | null,
): readonly Member[] {
  if (!Array.isArray(value)) {
    unreadable(value, field, found);
    return EMPTY;
  }
  if (value.length === 0) return EMPTY;
  const members: Member[] = [];
  for (const member of value) {
    if (isObject(member)) {
      const clean = read(member, found);
      if (clean !== null) members.push(clean);
    } else {
      found.add('INVALID_VALUE', `${field}[]`, member);
    }
  }
  return members;
}
