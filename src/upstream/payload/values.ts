import type { Findings } from './findings.ts';

/**
 * Where messy values are cleaned. Each function takes a value as JSON.parse gave it and its field's path, and answers
 * the clean value, or null: silently for one that is absent or null, with a finding for one that cannot be read.
 */

const MAX_INT = 2_147_483_647;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function unreadable(value: unknown, field: string, findings: Findings): null {
  findings.add('INVALID_VALUE', field, value);
  return null;
}

/** Text; numbers and booleans are taken as their text. */
export function text(value: unknown, field: string, findings: Findings): string | null {
  if (typeof value === 'string') return value;
  if (isAbsent(value)) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return unreadable(value, field, findings);
}

/** An id, a number or text. One beyond what JSON numbers hold exactly is refused, since its last digits are lost. */
export function id(value: unknown, field: string, findings: Findings): string | null {
  if (typeof value === 'string' && value !== '') return value;
  if (Number.isSafeInteger(value)) return String(value);
  return isAbsent(value) ? null : unreadable(value, field, findings);
}

/** A whole number of 32 bits, as GraphQL's Int is; `"5"` and `"5.000"` count. */
export function integer(value: unknown, field: string, findings: Findings): number | null {
  if (isAbsent(value)) return null;
  let number = Number.NaN;
  if (typeof value === 'number') number = value;
  else if (typeof value === 'string' && /^\s*[+-]?\d+(\.0*)?\s*$/.test(value)) number = Number(value);
  if (Number.isInteger(number) && Math.abs(number) <= MAX_INT) return number === 0 ? 0 : number;
  return unreadable(value, field, findings);
}

/** `true` or `false`, also as text or as 1 and 0. */
export function boolean(value: unknown, field: string, findings: Findings): boolean | null {
  if (typeof value === 'boolean') return value;
  if (isAbsent(value)) return null;
  if (value === 1 || (typeof value === 'string' && /^(true|1)$/i.test(value))) return true;
  if (value === 0 || (typeof value === 'string' && /^(false|0)$/i.test(value))) return false;
  return unreadable(value, field, findings);
}

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;

/** A decimal number exactly as sent, `"50.000"` with its zeros. Grouping such as `"1,000"` is refused: it is ambiguous. */
export function decimal(value: unknown, field: string, findings: Findings): string | null {
  if (typeof value === 'string' && DECIMAL.test(value)) return value;
  if (typeof value === 'number') {
    const plain = String(value);
    if (DECIMAL.test(plain)) return plain;
  }
  return isAbsent(value) ? null : unreadable(value, field, findings);
}

/** One of the values that the schema knows, else UNKNOWN with a finding. */
export function known<Value extends string>(
  value: unknown,
  values: ReadonlySet<Value>,
  field: string,
  findings: Findings,
): Value | 'UNKNOWN' | null {
  if (isAbsent(value)) return null;
  if ((values as ReadonlySet<unknown>).has(value)) return value as Value;
  findings.add('UNKNOWN_VALUE', field, value);
  return 'UNKNOWN';
}

const UTC_MILLISECONDS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * An instant as RFC 3339 in UTC with milliseconds, from ISO 8601 with or without an offset; without one it is UTC, as in
 * upstream's samples. A day that the calendar does not have is refused.
 */
export function instant(value: unknown, field: string, findings: Findings): string | null {
  if (isAbsent(value)) return null;
  if (typeof value !== 'string') return unreadable(value, field, findings);
  if (UTC_MILLISECONDS.test(value)) {
    const time = Date.parse(value);
    // Date.parse rolls a 30 February over into March: only days up to the 28th need no second look.
    if (!Number.isNaN(time) && (value.slice(8, 10) <= '28' || new Date(time).toISOString() === value)) return value;
  }
  return fromIso(value) ?? unreadable(value, field, findings);
}

function fromIso(value: string): string | null {
  const parts = ISO_8601.exec(value.trim());
  if (parts === null) return null;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    parts;
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`;
  const time = Date.parse(local);
  if (Number.isNaN(time) || new Date(time).toISOString() !== local) return null;
  const offset = offsetMinutes(zone);
  return offset === null ? null : new Date(time - offset * 60_000).toISOString();
}

/** Minutes east of UTC, null for an offset that no place on earth has. */
function offsetMinutes(zone: string): number | null {
  if (zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

const EMPTY: readonly never[] = Object.freeze([]);

/** The members of a list that can be read, in their order. An absent or null list is empty. */
export function list<Member>(
  value: unknown,
  field: string,
  findings: Findings,
  read: (member: Record<string, unknown>, findings: Findings) => Member | null,
): readonly Member[] {
  if (isAbsent(value)) return EMPTY;
  if (!Array.isArray(value)) {
    findings.add('INVALID_VALUE', field, value);
    return EMPTY;
  }
  if (value.length === 0) return EMPTY;
  const members: Member[] = [];
  for (const member of value) {
    const clean = isObject(member) ? read(member, findings) : unreadable(member, `${field}[]`, findings);
    if (clean !== null) members.push(clean);
  }
  return members;
}
