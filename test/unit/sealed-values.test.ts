import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CachedNotFound } from '../../src/cache/entry.ts';
import { decode, encode } from '../../src/cache/redisCodec.ts';
import { ENTRIES } from '../../src/cache/redisScripts.ts';
import type { ReadPage } from '../../src/cache/store.ts';
import type { Moment } from '../../src/model/moment.ts';
import { encrypted } from '../../src/redis/seal.ts';
import { readPage } from '../../src/upstream/payload/pageReader.ts';
import { anyTotal, anyWindow, cachedPage } from './support/cachedPage.ts';

const READ: ReadPage = (body) => readPage(body, () => 'any-');
const KEY = randomBytes(32);
const SEAL = encrypted(KEY);

test('A cached page is decoded as it was encoded', () => {
  fc.assert(
    fc.property(anyTotal, anyWindow, (total, window) => {
      const { body, ...entry } = cachedPage(total, window, 5, 6);
      expect(decode(encode({ ...entry, body }), READ)).toEqual(entry);
    }),
  );
});

test('An unknown customer is decoded as it was encoded', () => {
  const entry: CachedNotFound = { kind: 'not-found', at: 1, asOf: 2 as Moment, upstream: { status: 200, code: 8015 } };
  expect(decode(encode(entry), READ)).toEqual(entry);
});

test('What is stored under version 5 can be read by every instance that reads version 5', () => {
  // Another form needs another version, since instances of both releases may share a Redis.
  expect(ENTRIES).toBe('promotions-gateway:{cache}:page:v5:');
  const window = { offset: 0, limit: 1 };
  const { body, ...page } = cachedPage(7, window, 5, 6);
  const stored = `{"kind":"page","at":5,"asOf":6,"window":{"offset":0,"limit":1}}\n${body}`;
  expect(encode({ ...page, body }).toString()).toBe(stored);
  expect(decode(Buffer.from(stored), READ)).toEqual(page);
  const sealed = Buffer.from('2BsMpTYOuzWqpbI8XrJCpt8mPrWmYHaAHMtuCKR0udRPc5N1', 'base64');
  expect(encrypted(Buffer.alloc(32)).open('name', sealed)?.toString()).toBe('Award 50');
});

test('A sealed value is opened unchanged, and only under its own name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, text) => {
      const sealed = SEAL.seal(name, Buffer.from(text));
      expect(SEAL.open(name, sealed)?.toString()).toBe(text);
      expect(SEAL.open(`${name}.`, sealed)).toBe(undefined);
    }),
  );
});

test('A sealed value is not opened if it was changed or cut', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(), (name, text, at) => {
      const sealed = SEAL.seal(name, Buffer.from(text));
      const changed = Buffer.from(sealed);
      const place = at % changed.length;
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(SEAL.open(name, changed)).toBe(undefined);
      expect(SEAL.open(name, sealed.subarray(0, -4))).toBe(undefined);
    }),
  );
});

test('Garbage is not opened', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
      expect(SEAL.open('name', Buffer.from(garbage))).toBe(undefined);
    }),
  );
});

test('A sealed value cannot be read or opened with another key', () => {
  const sealed = SEAL.seal('name', Buffer.from('Award 50'));
  expect(sealed.toString('latin1')).not.toContain('Award');
  expect(encrypted(randomBytes(32)).open('name', sealed)).toBe(undefined);
});
