const OBJECT_BYTES = 24;
const SLOT_BYTES = 8;
const STRING_BYTES = 24;
const BEYOND_LATIN_1 = /[\u0100-\uffff]/;

/**
 * An estimate, rather too high, of the memory that plain data takes: strings by a byte a character, two outside
 * Latin-1; objects and arrays by their slots.
 */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return STRING_BYTES + value.length * (BEYOND_LATIN_1.test(value) ? 2 : 1);
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = OBJECT_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) bytes += SLOT_BYTES + bytesOf(item);
    return bytes;
  }
  for (const member in value) bytes += SLOT_BYTES + bytesOf(value[member as keyof typeof value]);
  return bytes;
}
