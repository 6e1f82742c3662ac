import type { DateTime } from '../../model/promotion.ts';
import type { DriftCollector } from './schemaDrift.ts';
import { unreadable } from './values.ts';

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
