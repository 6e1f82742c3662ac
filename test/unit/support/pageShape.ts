import { z } from 'zod';
import type { UpstreamPage } from '../../../src/model/page.ts';
import { RESTRICTION_KPIS } from '../../../src/model/promotion.ts';

const text = z.string().nullable();
const id = z.string().min(1);
const decimal = z.string().regex(/^[+-]?(\d+(\.\d*)?|\.\d+)$/);
const dateTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const int = z.int32();
const flag = z.boolean().nullable();

const restriction = {
  kpi: z.enum([...RESTRICTION_KPIS, 'UNKNOWN']),
  kpiName: z.string(),
  maxLimit: decimal.nullable(),
  currentCustomerUsage: decimal.nullable(),
  limitOn: z.enum(['EVENT', 'CUSTOMER', 'PROMOTION', 'UNKNOWN']).nullable(),
  unlimited: z.boolean(),
  remaining: decimal.nullable(),
};

const issual = z.strictObject({
  id,
  issuedAt: dateTime.nullable(),
  expiresAt: dateTime.nullable(),
  eventLogId: id.nullable(),
  redeemedCount: int.nullable(),
});

const promotion = z.strictObject({
  id,
  promotionId: id,
  name: text,
  programId: id.nullable(),
  startDate: dateTime.nullable(),
  endDate: dateTime.nullable(),
  identifier: text,
  description: text,
  active: flag,
  eventName: text,
  orgId: id.nullable(),
  metadata: z.array(z.strictObject({ key: z.string(), value: text, brandDefined: flag })),
  limits: z
    .strictObject({
      maxPointsPerEvent: decimal.nullable(),
      pointsPerCustomer: decimal.nullable(),
      numberOfTimesPerCustomer: int.nullable(),
      totalPointsInPromotion: decimal.nullable(),
    })
    .nullable(),
  customerUsage: z
    .strictObject({
      currentPointsPerCustomer: decimal.nullable(),
      currentNumberOfTimesPerCustomer: int.nullable(),
      currentTotalPointsInPromotion: decimal.nullable(),
    })
    .nullable(),
  pointsOfferType: z.enum(['GENERIC', 'LOYALTY', 'LOYALTY_EARNING', 'UNKNOWN']).nullable(),
  restrictions: z.strictObject({
    issual: z.array(z.strictObject(restriction)),
    earn: z.array(z.strictObject(restriction)),
    redemption: z.array(
      z.strictObject({
        ...restriction,
        type: z.enum(['NON_PERIOD_BASED', 'PERIOD_BASED', 'UNKNOWN']).nullable(),
        periodType: text,
        periodUnit: text,
      }),
    ),
  }),
  enrolments: z.array(
    z.strictObject({
      id,
      enrolledAt: dateTime.nullable(),
      expiresAt: dateTime.nullable(),
      eventLogId: id.nullable(),
      issuals: z.array(issual),
    }),
  ),
});

const warnings = z.array(z.strictObject({ code: text, message: z.string(), promotionId: text, field: text }));
const count = int.min(0);

/** Checks that a page has exactly the members of the model, each of its type. */
export const pageShape: z.ZodType<UpstreamPage> = z.strictObject({
  customerId: id.nullable(),
  pageDetails: z
    .strictObject({
      pageNumber: count.nullable(),
      pageSize: count.nullable(),
      totalEntries: count,
      pageCount: count.nullable(),
    })
    .nullable(),
  entries: z.array(z.strictObject({ promotion: promotion.nullable(), warnings })),
  warnings,
});
