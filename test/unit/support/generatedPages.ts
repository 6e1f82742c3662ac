import fc from 'fast-check';
import type { UpstreamPage } from '../../../src/model/page.ts';
import { type Promotion, RESTRICTION_KPIS } from '../../../src/model/promotion.ts';

const text = () => fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', '50.000', '__proto__'));
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value);
const few = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { maxLength: 2 });
const int = () => fc.integer({ min: -2_147_483_648, max: 2_147_483_647 });

const restriction = () =>
  fc.record({
    kpi: fc.constantFrom(...RESTRICTION_KPIS, 'UNKNOWN' as const),
    kpiName: text(),
    maxLimit: maybe(text()),
    currentCustomerUsage: maybe(text()),
    limitOn: maybe(fc.constantFrom('EVENT' as const, 'UNKNOWN' as const)),
    unlimited: fc.boolean(),
    remaining: maybe(text()),
  });

const periodic = () =>
  fc
    .tuple(
      restriction(),
      fc.record({
        type: maybe(fc.constantFrom('PERIOD_BASED' as const, 'UNKNOWN' as const)),
        periodType: maybe(text()),
        periodUnit: maybe(text()),
      }),
    )
    .map(([common, own]) => ({ ...common, ...own }));

/** A promotion of the model with any values. */
function generatedPromotion(): fc.Arbitrary<Promotion> {
  const dated = { id: text(), expiresAt: maybe(text()), eventLogId: maybe(text()) };
  const issual = fc.record({ ...dated, issuedAt: maybe(text()), redeemedCount: maybe(int()) });
  return fc.record({
    id: text(),
    promotionId: text(),
    name: maybe(text()),
    programId: maybe(text()),
    startDate: maybe(text()),
    endDate: maybe(text()),
    identifier: maybe(text()),
    description: maybe(text()),
    active: maybe(fc.boolean()),
    eventName: maybe(text()),
    orgId: maybe(text()),
    metadata: few(fc.record({ key: text(), value: maybe(text()), brandDefined: maybe(fc.boolean()) })),
    limits: maybe(
      fc.record({
        maxPointsPerEvent: maybe(text()),
        pointsPerCustomer: maybe(text()),
        numberOfTimesPerCustomer: maybe(int()),
        totalPointsInPromotion: maybe(text()),
      }),
    ),
    customerUsage: maybe(
      fc.record({
        currentPointsPerCustomer: maybe(text()),
        currentNumberOfTimesPerCustomer: maybe(int()),
        currentTotalPointsInPromotion: maybe(text()),
      }),
    ),
    pointsOfferType: maybe(fc.constantFrom('GENERIC' as const, 'UNKNOWN' as const)),
    restrictions: fc.record({ issual: few(restriction()), earn: few(restriction()), redemption: few(periodic()) }),
    enrolments: few(fc.record({ ...dated, enrolledAt: maybe(text()), issuals: few(issual) })),
  });
}

export type GeneratedList = Pick<UpstreamPage, 'entries' | 'warnings'>;

/** A list of promotions, some of whose entries have none, and the warnings of each page. */
export function generatedList(): fc.Arbitrary<GeneratedList> {
  const warnings = few(
    fc.record({ code: maybe(text()), message: text(), promotionId: maybe(text()), field: maybe(text()) }),
  );
  return fc.record({
    entries: fc.array(fc.record({ promotion: maybe(generatedPromotion()), warnings }), { maxLength: 3 }),
    warnings,
  });
}
