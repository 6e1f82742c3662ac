import { pick } from './sandboxPromotion.ts';

const LIMITED_ON = ['CUSTOMER', 'PROMOTION', 'EVENT'];
const PERIOD_UNITS = ['DAILY', 'WEEKLY', 'MONTHLY'];

/** Names of the reference page, then those that responses contain although the page does not list them. */
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

/**
 * `promotionRestriction` of promotion number `index`: all KPIs, bases, periods and spellings occur.
 * @param history gives customers different usage
 */
export function restrictionsOf(index: number, history: number) {
  const seed = index * 4;
  return {
    issualRestrictions: [restriction(pick(ISSUAL_KPIS, index), seed, history)],
    earnRestrictions: [restriction(pick(EARN_KPIS, index), seed + 1, history)],
    redemptionRestrictions: [redemption(index, seed + 2, history), redemption(index + 1, seed + 3, history)],
  };
}

/** `-1` means no limit; usage is absent if the limit is on the event. */
function restriction(kpi: string, seed: number, history: number): Record<string, unknown> {
  const limitOn = pick(LIMITED_ON, seed);
  const limit = 10 + (seed % 5) * 10;
  const usage = (seed * 7 + history) % (limit + 1);
  return {
    kpi,
    maxLimit: seed % 7 === 6 ? '-1' : `${limit}.000`,
    ...(limitOn !== 'EVENT' && { currentCustomerUsage: seed % 2 === 0 ? `${usage}.000` : usage }),
    limitOn,
  };
}

function redemption(kpi: number, seed: number, history: number): Record<string, unknown> {
  const periodic = seed % 3 === 0;
  return {
    ...restriction(pick(REDEMPTION_KPIS, kpi), seed, history),
    type: periodic ? 'PERIOD_BASED' : 'NON_PERIOD_BASED',
    ...(periodic && { periodType: 'MOVING_WINDOW', periodUnit: pick(PERIOD_UNITS, seed / 3) }),
  };
}
