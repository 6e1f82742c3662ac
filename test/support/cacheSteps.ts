import fc from 'fast-check';

/** The identifiers that the model's customers are requested by. */
const KINDS = ['MOBILE', 'EMAIL', 'ID'] as const;
export type Kind = (typeof KINDS)[number];

export const CUSTOMERS = 3;
/** The pages of this customer do not hold its id. */
export const NAMELESS = 2;
const SOURCES = ['instore', 'wechat', 'mobileApp'] as const;

const oneIn = (count: number) => fc.nat({ max: count - 1 }).map((n) => n === 0);
const index = (length: number) => fc.nat({ max: length - 1 });
const gateway = index(2);
const customer = fc.constantFrom(0, 0, 1, 2);
// One caller and one data scope more often than the other, so that most queries meet cached pages.
const caller = oneIn(4).map(Number);
const scope = oneIn(4).map(Number);

/** One customer of a query, and the identifier in it. */
const part = fc.record({ customer, by: fc.constantFrom(...KINDS) });
export type Part = typeof part extends fc.Arbitrary<infer Each> ? Each : never;

const question = fc.record({
  kind: fc.constant('ask' as const),
  gateway,
  caller,
  scope,
  parts: fc.array(part, { minLength: 1, maxLength: 2 }),
  /** The query is sent once for each member, one after the other, with debugging or without. */
  debug: fc.array(oneIn(4), { minLength: 1, maxLength: 3 }),
  /** Whether the first of them requires a new page. */
  anew: oneIn(10),
  /** The next step does not wait for a step with `atOnce`. */
  atOnce: oneIn(3),
});
export type Question = typeof question extends fc.Arbitrary<infer Each> ? Each : never;

const change = fc.record({
  kind: fc.constant('event' as const),
  gateway,
  customer,
  /** The sources that name it by other identifiers too. */
  sources: fc.subarray([...SOURCES]),
  shape: fc.constantFrom<'plain' | 'attributes'>('plain', 'attributes'),
  atOnce: fc.constant(false),
});
export type Change = typeof change extends fc.Arbitrary<infer Each> ? Each : never;

const refusal = fc.record({
  kind: fc.constantFrom<'refuse' | 'accept'>('refuse', 'accept'),
  caller,
  atOnce: fc.constant(false),
});

/** Upstream receives calls from now on, and responds to them at the next release. Queries are not waited for until then. */
const hold = fc.record({ kind: fc.constantFrom<'hold' | 'release'>('hold', 'release'), atOnce: fc.constant(false) });

/** Redis evicts some of its marks. */
const eviction = fc.record({
  kind: fc.constant('evict' as const),
  /** Of the marks in order, those at the places of true members are evicted, repeated for more marks. */
  every: fc.array(fc.boolean(), { minLength: 3, maxLength: 7 }),
  atOnce: fc.constant(false),
});
export type Eviction = typeof eviction extends fc.Arbitrary<infer Each> ? Each : never;

const questions = { weight: 24, arbitrary: question };
const changes = { weight: 4, arbitrary: change };
const refusals = { weight: 1, arbitrary: refusal };
const holds = { weight: 6, arbitrary: hold };
const evictions = { weight: 10, arbitrary: eviction };

const step = fc.oneof(questions, changes, refusals, holds);
/** An eviction matters only near an event, so both are more. */
const stepOrEviction = fc.oneof(questions, { ...changes, weight: 8 }, refusals, holds, evictions);
export type Step = typeof stepOrEviction extends fc.Arbitrary<infer Each> ? Each : never;

export const steps = fc.array(step, { minLength: 2, maxLength: 50, size: 'max' });
export const stepsAndEvictions = fc.array(stepOrEviction, { minLength: 2, maxLength: 50, size: 'max' });
