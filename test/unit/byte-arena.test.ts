import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArenaBytes, arenaSizeOf, ByteArena } from '../../src/cache/byteArena.ts';

test('An arena returns the bytes that were written, after any earlier writes and frees', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('write' as const), length: fc.integer({ min: 0, max: 20_000 }) }),
    fc.record({ kind: fc.constant('free' as const), index: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const arena = new ByteArena();
      const held: { bytes: Buffer; at: ArenaBytes }[] = [];
      for (const each of steps) {
        if (each.kind === 'write') {
          const bytes = randomBytes(each.length);
          held.push({ bytes, at: arena.write(bytes) });
        } else {
          const [freed] = held.splice(each.index % Math.max(1, held.length), 1);
          if (freed !== undefined) {
            arena.free(freed.at);
            arena.free(freed.at);
            expect(arena.read(freed.at)).toBe(undefined);
          }
        }
        for (const { bytes, at } of held) expect(arena.read(at)).toEqual(bytes);
      }
    }),
    { numRuns: 50 },
  );
});

test('A text is returned as its UTF-8 bytes, also after a longer one', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 3000 }), { maxLength: 8 }), (texts) => {
      const arena = new ByteArena();
      const held = texts.map((text) => arena.writeText(text));
      expect(held.map((each) => arena.read(each)?.toString())).toEqual(texts);
    }),
    { numRuns: 50 },
  );
});

test('An arena takes no more memory than its largest content, rounded up to 1 MB', () => {
  const arena = new ByteArena();
  for (let round = 0; round < 100; round++) {
    const held = Array.from({ length: 30 }, () => arena.write(Buffer.alloc(100_000)));
    for (const each of held) arena.free(each);
  }
  expect(30 * arenaSizeOf(100_000)).toBe(3_072_000);
  expect(arena.bytes).toBe(3 * 1024 * 1024);
});
