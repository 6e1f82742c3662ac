import { expect } from 'vitest';
import { DriftCollector } from '../../../src/upstream/payload/values.ts';

export const FIELD = 'promotions[].member';

/** The result of a converter for a value that it cannot read, and for a missing one. */
export const REFUSED = [null, 'INVALID_VALUE'];
export const ABSENT = [null];

/** The result of a converter for a value, and the codes of the drift that it reports for the value's field. */
export function convert<Clean>(
  converter: (value: unknown, field: string, drift: DriftCollector) => Clean,
  value: unknown,
): unknown[] {
  const collector = new DriftCollector();
  const clean = converter(value, FIELD, collector);
  expect(collector.drift.map(({ field }) => field)).toEqual(collector.drift.map(() => FIELD));
  return [clean, ...collector.drift.map(({ code }) => code)];
}
