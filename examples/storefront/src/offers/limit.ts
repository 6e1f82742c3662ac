import { graphql } from '../generated/gql.ts';
import type { LimitFragment } from '../generated/graphql.ts';
import { formatNumber } from './format.ts';

export const LIMIT = graphql(`
  fragment Limit on Restriction {
    kpi
    maxLimit
    limitOn
    unlimited
    remaining
    ... on RedemptionRestriction {
      type
      periodUnit
    }
  }
`);

/** A restriction for a shopper. */
export type Limit = {
  readonly label: string;
  readonly text: string;
  /** What it counts, such as "points"; undefined for a KPI that the page does not know. */
  readonly noun: string | undefined;
  /** Whom or what it counts for, such as "in a basket" or "weekly". */
  readonly each: string;
  /** Until when nothing is left once it is used up: "this week"; undefined for ever. */
  readonly until: string | undefined;
  /** The maximum, as a Decimal. */
  readonly most?: string;
  /** What is left for this member, at least 0, if that is known and does not count anew with each use. `share` is from 0 to 1. */
  readonly left?: { readonly amount: number; readonly text: string; readonly share: number };
};

/** What each KPI counts, and where it counts anew. */
const TERMS: Readonly<Record<LimitFragment['kpi'], readonly [noun: string | undefined, each?: string]>> = {
  MAX_NUMBER_OF_ISSUALS_PER_CUSTOMER: ['vouchers'],
  NUMBER_OF_ISSUALS: ['vouchers'],
  MAX_POINTS_PER_ISSUAL_PER_CUSTOMER: ['points', 'on a voucher'],
  MAX_NUMBER_OF_EARNS_PER_CUSTOMER: ['rewards'],
  NUMBER_OF_EARNS: ['rewards'],
  MAX_POINTS_PER_EARN_PER_CUSTOMER: ['points', 'on a reward'],
  MAX_ALLOWED_TIMES_PER_CART: ['uses', 'in a basket'],
  MAX_ALLOWED_POINTS_PER_CART: ['points', 'in a basket'],
  MAX_ALLOWED_TIMES_PER_CUSTOMER: ['uses'],
  MAX_ALLOWED_EVENTS_PER_CUSTOMER: ['purchases'],
  MAX_ALLOWED_POINTS_PER_CUSTOMER: ['points'],
  MAX_ALLOWED_EVENTS_PER_PROMOTION: ['purchases'],
  MAX_ALLOWED_POINTS_PER_PROMOTION: ['points'],
  NUMBER_OF_TIMES: ['uses'],
  NUMBER_OF_POINTS: ['points'],
  NUMBER_OF_REDEMPTIONS_PER_EARN: ['uses', 'of a reward'],
  UNKNOWN: [undefined],
};

const PERIODS: Readonly<Record<string, readonly [each: string, until: string]>> = {
  DAILY: ['daily', 'today'],
  WEEKLY: ['weekly', 'this week'],
  MONTHLY: ['monthly', 'this month'],
};

export function limitOf(restriction: LimitFragment): Limit {
  const { kpi, limitOn, unlimited, maxLimit, remaining } = restriction;
  const { type = null, periodUnit = null } = 'periodUnit' in restriction ? restriction : {};
  const [noun, use = ''] = TERMS[kpi];
  const shared = limitOn === 'PROMOTION' || kpi.endsWith('_PER_PROMOTION');
  const where = use || (shared ? 'for all members' : '');
  const periodic = type === 'PERIOD_BASED' || periodUnit !== null;
  const [every, until] = PERIODS[periodUnit ?? ''] ?? ['', periodic ? 'for now' : undefined];
  const label = join(', ', join(' ', noun ?? 'another limit', where), every).replace(/^./, (first) =>
    first.toUpperCase(),
  );
  const limit = { label, noun, each: join(', ', where, every), until };
  if (unlimited) return { ...limit, text: 'No limit' };
  if (maxLimit === null) return { ...limit, text: 'Ask in the shop' };
  const [amount, most] = [Math.max(0, Number(remaining)), Number(maxLimit)];
  // Of what all members share, only this member's own part is known.
  if (remaining === null || use !== '' || (shared && amount > 0)) {
    const text = `Up to ${formatNumber(maxLimit)}${limitOn === 'EVENT' && use === '' ? ' each time' : ''}`;
    return { ...limit, text, most: maxLimit };
  }
  const left = {
    amount,
    text: formatNumber(amount === 0 ? 0 : remaining),
    share: most > 0 ? Math.min(1, amount / most) : 0,
  };
  return { ...limit, text: `of ${formatNumber(maxLimit)} left`, most: maxLimit, left };
}

function join(separator: string, ...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(separator);
}
