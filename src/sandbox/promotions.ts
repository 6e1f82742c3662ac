import type { SandboxCustomer } from './customers.ts';
import { WORDING } from './wording.ts';

/** A promotion as the endpoint writes it, and the states that it has for its customer. */
export type SandboxPromotion = { readonly states: ReadonlySet<string>; readonly body: Record<string, unknown> };

export const ORGANISATIONS = [50405, 50406] as const;

const DAY_MS = 86_400_000;
const EVENTS = ['TransactionAdd', 'CustomerRegistration', 'TierUpgrade'];
const OFFER_TYPES = ['GENERIC', 'LOYALTY', 'LOYALTY_EARNING'];
const LIMITED_ON = ['CUSTOMER', 'PROMOTION', 'EVENT'];
const PERIOD_UNITS = ['DAILY', 'WEEKLY', 'MONTHLY'];
const ISSUAL_KPIS = ['MAX_NUMBER_OF_ISSUALS_PER_CUSTOMER', 'MAX_POINTS_PER_ISSUAL_PER_CUSTOMER', 'NUMBER_OF_ISSUALS'];
const EARN_KPIS = ['MAX_NUMBER_OF_EARNS_PER_CUSTOMER', 'MAX_POINTS_PER_EARN_PER_CUSTOMER', 'NUMBER_OF_EARNS'];
const REDEMPTION_KPIS = [
  'MAX_ALLOWED_TIMES_PER_CART',
  'MAX_ALLOWED_POINTS_PER_CART',
  'MAX_ALLOWED_TIMES_PER_CUSTOMER',
  'MAX_ALLOWED_EVENTS_PER_CUSTOMER',
  'MAX_ALLOWED_POINTS_PER_CUSTOMER',
  'MAX_ALLOWED_EVENTS_PER_PROMOTION',
  'MAX_ALLOWED_POINTS_PER_PROMOTION',
  'NUMBER_OF_TIMES',
  'NUMBER_OF_POINTS',
  'NUMBER_OF_REDEMPTIONS_PER_EARN',
];

/** The promotions of a customer that has any, in the order of their ids. */
export function promotionsOf(customer: SandboxCustomer, now: number): readonly SandboxPromotion[] {
  switch (customer.behaviour.kind) {
    case 'sample':
      return [
        sample(1122938, 'Award50', 1147, 'ed64e808-dc10-4784-a752-eb7d8d55c87e', 'Award 50', '50.000', 50405),
        secondSample(),
      ];
    case 'promotions':
      return Array.from({ length: customer.behaviour.count }, (_, index) => generated(index, now));
    case 'drift':
      return Array.from({ length: 3 }, (_, index) => drifting(index));
    default:
      return [];
  }
}

/** The page's samples ended in 2024. */
function sample(
  promotionId: number,
  promotionName: string,
  programId: number,
  identifier: string,
  description: string,
  currentPointsPerCustomer: string,
  orgId: number,
): SandboxPromotion {
  return {
    states: new Set(['EXPIRED']),
    body: {
      promotionId,
      promotionName,
      programId,
      startDate: '2024-08-30T00:00:00.000Z',
      endDate: '2024-09-29T23:59:59.000Z',
      identifier,
      description,
      active: true,
      eventName: 'TransactionAdd',
      limits: {
        maxPointsPerEvent: '0',
        pointsPerCustomer: '0',
        numberOFTimesPerCustomer: 0,
        totalPointsInPromotion: '0',
      },
      customerUsage: {
        currentPointsPerCustomer,
        currentNumberOfTimesPerCustomer: 1,
        currentTotalPointsInPromotion: '0',
      },
      pointsOfferType: 'GENERIC',
      promotionRestriction: { issualRestrictions: [], earnRestrictions: [], redemptionRestrictions: [] },
      orgId,
    },
  };
}

function secondSample(): SandboxPromotion {
  const identifier = '26a1b64a-f61d-4a64-9dd0-f3fe5a25dcf5';
  return sample(1122935, 'Award 100 Points', 1148, identifier, 'Award 100 Points', '100.000', 50406);
}

function pick<Item>(items: readonly Item[], index: number): Item {
  return items[index % items.length] as Item;
}

/** Promotion number `index`: all kinds, states, KPIs and spellings come round. */
function generated(index: number, now: number): SandboxPromotion {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const expired = index % 5 === 4;
  const day = (days: number) => new Date(today + days * DAY_MS).toISOString();
  const offerType = pick(OFFER_TYPES, index);
  const enrolled = offerType === 'LOYALTY_EARNING' && index % 2 === 0;
  const { name, description } = pick(WORDING, index);
  const seed = index * 4;
  const round = Math.floor(index / WORDING.length);
  return {
    states: statesOf(offerType, enrolled, expired),
    body: {
      promotionId: 1_200_000 + index,
      promotionName: round === 0 ? name : `${name} (${round + 1})`,
      programId: index % 4 === 1 ? '1147' : 1147,
      startDate: day(-60),
      endDate: expired ? day(-1 - (index % 20)) : day(30 + (index % 60)),
      identifier:
        index % 10 === 3 ? `billslayer${index}` : `ed64e808-dc10-4784-a752-${index.toString(16).padStart(12, '0')}`,
      description,
      active: !expired,
      eventName: pick(EVENTS, index),
      ...(index % 3 === 0 && {
        promotionMetadata: [{ key: 'colour', value: pick(['red', 'gold', 'blue'], index), brandDefined: true }],
      }),
      limits: {
        maxPointsPerEvent: '100.000',
        pointsPerCustomer: index % 2 === 0 ? '1000' : 1000,
        numberOFTimesPerCustomer: index % 2 === 0 ? 5 : '5',
        totalPointsInPromotion: '-1',
      },
      customerUsage: {
        currentPointsPerCustomer: `${(index * 10) % 500}.000`,
        currentNumberOfTimesPerCustomer: index % 5,
        currentTotalPointsInPromotion: String(index * 100),
      },
      pointsOfferType: offerType,
      promotionRestriction: {
        issualRestrictions: [restriction(pick(ISSUAL_KPIS, index), seed)],
        earnRestrictions: [restriction(pick(EARN_KPIS, index), seed + 1)],
        redemptionRestrictions: [redemption(index, seed + 2), redemption(index + 1, seed + 3)],
      },
      ...(offerType !== 'GENERIC' && { customerPromotionTimelines: enrolled ? [timeline(index, day)] : [] }),
      [index % 2 === 0 ? 'orgId' : 'orgID']: index % 3 === 2 ? '50405' : 50405,
    },
  };
}

function statesOf(offerType: string, enrolled: boolean, expired: boolean): ReadonlySet<string> {
  if (expired) return new Set(['EXPIRED']);
  if (offerType === 'LOYALTY_EARNING' && !enrolled) return new Set(['AVAILABLE_TO_ENROL']);
  return offerType === 'GENERIC'
    ? new Set(['AVAILABLE_TO_REDEEM'])
    : new Set(['AVAILABLE_TO_EARN', 'AVAILABLE_TO_REDEEM']);
}

function restriction(kpi: string, index: number): Record<string, unknown> {
  const limitOn = pick(LIMITED_ON, index);
  const limit = 10 + (index % 5) * 10;
  const usage = (index * 7) % (limit + 1);
  return {
    kpi,
    maxLimit: index % 7 === 6 ? '-1' : `${limit}.000`,
    ...(limitOn !== 'EVENT' && { currentCustomerUsage: index % 2 === 0 ? `${usage}.000` : usage }),
    limitOn,
  };
}

function redemption(kpi: number, index: number): Record<string, unknown> {
  const periodic = index % 3 === 0;
  return {
    ...restriction(pick(REDEMPTION_KPIS, kpi), index),
    type: periodic ? 'PERIOD_BASED' : 'NON_PERIOD_BASED',
    ...(periodic && { periodType: 'MOVING_WINDOW', periodUnit: pick(PERIOD_UNITS, index) }),
  };
}

function timeline(index: number, day: (days: number) => string): Record<string, unknown> {
  return {
    enrollmentId: 9_000_000 + index,
    enrollmentDate: day(-20),
    enrollmentExpiryDate: day(40),
    enrollEventLogId: 8_000_000 + index,
    issuedDetails: [
      {
        issualId: 7_000_000 + index,
        issualDate: day(-10),
        issualExpiryDate: day(20),
        issualEventLogId: 6_000_000 + index,
        redeemedCount: index % 3,
      },
    ],
  };
}

/** New values, wrong types, unreadable dates and unknown members, as they appear without notice. */
function drifting(index: number): SandboxPromotion {
  return {
    states: new Set(['AVAILABLE_TO_EARN']),
    body: {
      promotionId: String(1_300_000 + index),
      promotionName: index === 2 ? { text: 'not text' } : `Drift ${index + 1}`,
      programId: 1147,
      startDate: pick(['2024-08-30T05:30:00+05:30', 'soon', '2024-02-30'], index),
      endDate: '2099-12-31 23:59:59',
      active: pick(['true', 1, 'perhaps'], index),
      pointsOfferType: pick(['GENERIC', 'CASHBACK', 'LOYALTY'], index),
      limits: {
        maxPointsPerEvent: 12.5,
        pointsPerCustomer: '1,000',
        numberOFTimesPerCustomer: '3.000',
        totalPointsInPromotion: null,
      },
      customerUsage: 'none',
      promotionRestriction: {
        issualRestrictions: [
          { kpi: 'NUMBER_OF_MIRACLES', maxLimit: 3, currentCustomerUsage: '0.5', limitOn: 'HOUSEHOLD' },
        ],
      },
      novelty: { nobody: 'expected this' },
      orgID: '50405',
    },
  };
}
