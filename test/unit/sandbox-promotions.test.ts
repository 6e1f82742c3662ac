import { readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { SANDBOX_CUSTOMERS, type SandboxCustomer } from '../../src/sandbox/customers.ts';
import { promotionsOf } from '../../src/sandbox/promotions.ts';

const NOW = Date.parse('2026-03-15T10:00:00Z');

type Restriction = {
  kpi: string;
  maxLimit: string;
  currentCustomerUsage?: unknown;
  limitOn: string;
  periodUnit?: string;
};
type Timeline = { enrollmentId: number; enrollmentExpiryDate: string; issuedDetails: { issualExpiryDate: string }[] };
type Body = {
  promotionId: number;
  startDate: string;
  endDate: string;
  active: boolean;
  pointsOfferType: string;
  promotionRestriction: Record<'issualRestrictions' | 'earnRestrictions' | 'redemptionRestrictions', Restriction[]>;
  customerPromotionTimelines?: Timeline[];
  customerUsage: { currentPointsPerCustomer: string };
};
type Promotion = { states: ReadonlySet<string>; body: Body };

function promotionsFor(email: string, alternateCurrency = false): Promotion[] {
  const customer = SANDBOX_CUSTOMERS.find((each) => each.email === email) as SandboxCustomer;
  return promotionsOf(customer, NOW, alternateCurrency) as unknown as Promotion[];
}

/** The values of an enum of the public schema, without UNKNOWN. */
function valuesOf(file: string, name: string): string[] {
  return parse(readFileSync(`schema/${file}`, 'utf8')).definitions.flatMap((definition) =>
    definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === name
      ? (definition.values ?? []).map((value) => value.name.value).filter((value) => value !== 'UNKNOWN')
      : [],
  );
}

describe.each(['some@example.com', 'many@example.com'])('%s', (email) => {
  const promotions = promotionsFor(email);
  const restrictions = promotions.flatMap(({ body }) => Object.values(body.promotionRestriction).flat());

  test(`The sandbox promotions of ${email} have every status, type, KPI, basis of a limit and period`, () => {
    expect(new Set(promotions.flatMap(({ states }) => [...states]))).toEqual(
      new Set(valuesOf('customer.graphql', 'PromotionStatus')),
    );
    expect(new Set(promotions.map(({ body }) => body.pointsOfferType))).toEqual(
      new Set(valuesOf('promotion.graphql', 'PointsOfferType')),
    );
    expect(new Set(restrictions.map(({ kpi }) => kpi))).toEqual(
      new Set(valuesOf('restriction.graphql', 'RestrictionKpi')),
    );
    expect(new Set(restrictions.map(({ limitOn }) => limitOn))).toEqual(
      new Set(valuesOf('restriction.graphql', 'LimitOn')),
    );
    expect(new Set(restrictions.map(({ periodUnit }) => periodUnit))).toEqual(
      new Set([undefined, 'DAILY', 'WEEKLY', 'MONTHLY']),
    );
  });

  test(`The sandbox promotions of ${email} have unlimited restrictions, and no usage if the limit is on the event`, () => {
    expect(restrictions.map(({ maxLimit }) => maxLimit)).toContain('-1');
    for (const { limitOn, currentCustomerUsage } of restrictions) {
      expect(currentCustomerUsage === undefined).toBe(limitOn === 'EVENT');
    }
  });

  test(`The sandbox promotions of ${email} have different ids`, () => {
    expect(new Set(promotions.map(({ body }) => body.promotionId)).size).toBe(promotions.length);
  });

  test(`The sandbox promotions of ${email} are expired and not active only if they ended before now`, () => {
    for (const { states, body } of promotions) {
      expect(Date.parse(body.startDate)).toBeLessThan(NOW);
      expect(states.has('EXPIRED')).toBe(Date.parse(body.endDate) < NOW);
      expect(body.active).toBe(!states.has('EXPIRED'));
    }
  });

  test(`The sandbox promotions of ${email} can be enrolled in only if they are of the kind Enrol & Issue and not enrolled in yet`, () => {
    for (const { states, body } of promotions.filter(({ body }) => body.active)) {
      const open = body.pointsOfferType === 'LOYALTY_EARNING' && body.customerPromotionTimelines?.length === 0;
      expect(states.has('AVAILABLE_TO_ENROL')).toBe(open);
    }
  });

  test(`The sandbox promotions of ${email} can be redeemed only if they need no issue or have one`, () => {
    for (const { states, body } of promotions.filter(({ body }) => body.active)) {
      const issued = (body.customerPromotionTimelines ?? []).some(({ issuedDetails }) => issuedDetails.length > 0);
      expect(states.has('AVAILABLE_TO_REDEEM')).toBe(body.pointsOfferType === 'GENERIC' || issued);
    }
  });

  test(`The sandbox promotions of ${email} have no enrolment or issual that outlives them`, () => {
    const timelines = promotions.flatMap(({ body: { customerPromotionTimelines = [], endDate } }) =>
      customerPromotionTimelines.map((timeline) => ({ ...timeline, endDate })),
    );
    expect(timelines.map(({ issuedDetails }) => issuedDetails)).toContainEqual([]);
    for (const { endDate, enrollmentExpiryDate, issuedDetails } of timelines) {
      for (const date of [enrollmentExpiryDate, ...issuedDetails.map(({ issualExpiryDate }) => issualExpiryDate)]) {
        expect(Date.parse(date)).toBeLessThanOrEqual(Date.parse(endDate));
      }
    }
  });

  test(`The sandbox promotions of ${email} have more points if alternate currencies count`, () => {
    const points = (all: Promotion[]) => all.map(({ body }) => Number(body.customerUsage.currentPointsPerCustomer));
    const without = points(promotions);
    for (const [index, more] of points(promotionsFor(email, true)).entries())
      expect(more).toBeGreaterThan(without[index] ?? 0);
  });
});

test('Sandbox customers share promotions, with usage and enrolments of their own', () => {
  const [some, many] = [promotionsFor('some@example.com'), promotionsFor('many@example.com').slice(0, 25)];
  const each = (all: Promotion[], member: (body: Body) => unknown) => all.map(({ body }) => member(body));
  expect(each(many, ({ promotionId }) => promotionId)).toEqual(each(some, ({ promotionId }) => promotionId));
  for (const [index, { body }] of some.entries()) {
    expect(many[index]?.body.customerUsage).not.toEqual(body.customerUsage);
  }
  const enrolments = (all: Promotion[]) =>
    all.flatMap(({ body }) => (body.customerPromotionTimelines ?? []).map(({ enrollmentId }) => enrollmentId));
  expect(enrolments(some).length).toBeGreaterThan(0);
  const ofMany = new Set(enrolments(many));
  expect(enrolments(some).filter((id) => ofMany.has(id))).toEqual([]);
});
