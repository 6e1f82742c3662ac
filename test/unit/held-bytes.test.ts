import { Socket } from 'node:net';
import { expect } from 'vitest';
import { HeldBytes } from '../../src/http/heldBytes.ts';
import { test } from '../support/fixture.ts';

/** Of two pieces of 60 bytes, with what Node keeps for each, there is room for one. */
const BOUND = 700;

test('A connection that holds nothing, such as for a file of the playground, does not give way to upstream', async ({
  time,
}) => {
  const held = new HeldBytes(BOUND);
  const reader = new Socket();
  expect(held.hold(reader, 0, () => reader.destroy())).toBe(true);
  const givenUp: string[] = [];
  const [older, newer] = ['older', 'newer'].map((name) => held.ofUpstream(() => givenUp.push(name)));
  expect(older?.take(60)).toBe(true);
  await time.pass(1000);
  expect(newer?.take(60)).toBe(true);
  expect(givenUp).toEqual(['older']);
  expect(reader.destroyed).toBe(false);
});

test('A connection that had to give way gives back its bytes once', async ({ time }) => {
  const held = new HeldBytes(BOUND);
  const reader = new Socket();
  expect(held.hold(reader, 60, () => reader.destroy())).toBe(true);
  await time.pass(1000);
  const responses = [held.ofUpstream(() => {}), held.ofUpstream(() => {})];
  expect(responses[0]?.take(60)).toBe(true);
  expect(reader.destroyed).toBe(true);
  held.release(reader, 60);
  expect(responses[1]?.take(60)).toBe(false);
});
