import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, encode } from '../../src/cache/codec.ts';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import { Secret } from '../../src/model/redacted.ts';
import { encrypted, signed } from '../../src/redis/seal.ts';
import { anyTotal, anyWindow, cachedPage } from './support/cachedPage.ts';

/** The same text with another character at this place. */
function changedText(sealed: string, at: number): string {
  const place = at % sealed.length;
  return sealed.slice(0, place) + (sealed[place] === 'A' ? 'Q' : 'A') + sealed.slice(place + 1);
}

/** The same base64 with one bit of one byte flipped. */
function changedBytes(sealed: string, at: number): string {
  const bytes = Buffer.from(sealed, 'base64');
  const place = at % bytes.length;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return bytes.toString('base64');
}

const SECRET = new Secret('a secret of more than thirty-two characters');
const SIGNED = signed(new KeyedHash(Buffer.alloc(32, 1)));
const ENCRYPTED = encrypted(SECRET, 'http://upstream');
const SEALS = [
  ['signed', SIGNED, changedText],
  ['encrypted', ENCRYPTED, changedBytes],
] as const;

test('A cache entry is decoded as it was encoded', () => {
  fc.assert(
    fc.property(anyTotal, anyWindow, (total, window) => {
      const entry = cachedPage(total, window, 5);
      expect(decode(encode(entry))).toEqual(entry);
    }),
  );
});

test('A cache entry of another version, or not whole, is not decoded', () => {
  const whole = encode(cachedPage(1, { offset: 0, limit: 1 }));
  expect(decode(whole.replace(/^\[2,/, '[0,'))).toBe(undefined);
  expect(decode('[2,{"kind":"page","at":1}]')).toBe(undefined);
});

test('Garbage is not decoded', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (garbage) => {
      expect(decode(garbage)).toBe(undefined);
    }),
  );
});

test.each(SEALS)('A value that was %s is opened as it was, and only under its own name', (_, seal) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, text) => {
      const sealed = seal.seal(name, text);
      expect(seal.open(name, sealed)).toBe(text);
      expect(seal.open(`${name}.`, sealed)).toBe(undefined);
    }),
  );
});

test.each(SEALS)('A value that was %s is not opened once it was changed or cut', (_, seal, changed) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(), (name, text, at) => {
      const sealed = seal.seal(name, text);
      expect(seal.open(name, changed(sealed, at))).toBe(undefined);
      expect(seal.open(name, sealed.slice(0, -4))).toBe(undefined);
    }),
  );
});

test.each(SEALS)('Garbage is not opened as a value that was %s', (_, seal) => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (garbage) => {
      expect(seal.open('name', garbage)).toBe(undefined);
    }),
  );
});

test('An encrypted value is not read without its secret', () => {
  const sealed = ENCRYPTED.seal('name', 'Award 50');
  for (const encoding of ['utf8', 'base64'] as const) {
    expect(Buffer.from(sealed, encoding).toString('latin1')).not.toContain('Award');
  }
  const other = encrypted(new Secret('another secret of more than thirty-two characters'), 'http://upstream');
  expect(other.open('name', sealed)).toBe(undefined);
  const elsewhere = encrypted(SECRET, 'http://another-upstream');
  expect(elsewhere.open('name', sealed)).toBe(undefined);
});
