import { expect } from 'vitest';
import { DriftCollector } from '../../../src/upstream/payload/schemaDrift.ts';

export const FIELD = 'promotions[].member';

/** What a converter makes of a value that it cannot read, and of one that is missing. */
export const REFUSED = [null, 'INVALID_VALUE'];
export const ABSENT = [null];

/** What a converter makes of a value, and the codes of the drift that it reports, all of it for the value's field. */
export function convert<Clean>(
  converter: (value: unknown, field: string, drift: DriftCollector) => Clean,
  value: unknown,
): unknown[] {
  const collector = new DriftCollector();
  const clean = converter(value, FIELD, collector);
  expect(collector.drift.map(({ field }) => field)).toEqual(collector.drift.map(() => FIELD));
  return [clean, ...collector.drift.map(({ code }) => code)];
}
