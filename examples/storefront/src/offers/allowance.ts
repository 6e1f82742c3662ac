import { graphql } from '../generated/gql.ts';
import type { AllowanceFragment } from '../generated/graphql.ts';
import { formatDecimal } from './format.ts';

export const ALLOWANCE = graphql(`
  fragment Allowance on Restriction {
    kpi
    maxLimit
    limitOn
    unlimited
    remaining
    ... on RedemptionRestriction {
      periodUnit
    }
  }
`);

/** A restriction for a shopper: a count that runs out, or a rule without a count. */
export type Allowance = Count | { readonly kind: 'rule'; readonly label: string; readonly text: string };

export type Count = {
  readonly kind: 'count';
  readonly label: string;
  /** How many are left, at least 0. */
  readonly left: number;
  readonly leftText: string;
  readonly ofText: string;
  /** Between 0 (used up) and 1 (untouched). */
  readonly share: number;
  /** What is counted, such as "points". Empty for an unknown KPI. */
  readonly noun: string;
  /** More about the count, such as "for all members, weekly". */
  readonly note: string;
};

const FOR_YOU = 'for you';

/** What each KPI counts, and for whom or what. */
const TERMS: Readonly<Record<AllowanceFragment['kpi'], readonly [noun: string, per: string]>> = {
  MAX_NUMBER_OF_ISSUALS_PER_CUSTOMER: ['vouchers', FOR_YOU],
  NUMBER_OF_ISSUALS: ['vouchers', ''],
  MAX_POINTS_PER_ISSUAL_PER_CUSTOMER: ['points', 'on a voucher'],
  MAX_NUMBER_OF_EARNS_PER_CUSTOMER: ['rewards', FOR_YOU],
  NUMBER_OF_EARNS: ['rewards', ''],
  MAX_POINTS_PER_EARN_PER_CUSTOMER: ['points', 'to earn'],
  MAX_ALLOWED_TIMES_PER_CART: ['uses', 'in a basket'],
  MAX_ALLOWED_POINTS_PER_CART: ['points', 'in a basket'],
  MAX_ALLOWED_TIMES_PER_CUSTOMER: ['uses', FOR_YOU],
  MAX_ALLOWED_EVENTS_PER_CUSTOMER: ['purchases', FOR_YOU],
  MAX_ALLOWED_POINTS_PER_CUSTOMER: ['points', FOR_YOU],
  MAX_ALLOWED_EVENTS_PER_PROMOTION: ['purchases', 'for all members'],
  MAX_ALLOWED_POINTS_PER_PROMOTION: ['points', 'for all members'],
  NUMBER_OF_TIMES: ['uses', ''],
  NUMBER_OF_POINTS: ['points', ''],
  NUMBER_OF_REDEMPTIONS_PER_EARN: ['uses', 'of a reward'],
  UNKNOWN: ['', ''],
};

const PERIODS: Readonly<Record<string, string>> = { DAILY: 'daily', WEEKLY: 'weekly', MONTHLY: 'monthly' };

/** What is left of a restriction. */
export function allowanceOf(restriction: AllowanceFragment): Allowance {
  const { kpi, unlimited, maxLimit, remaining, limitOn } = restriction;
  const [noun, per] = TERMS[kpi];
  const period = ('periodUnit' in restriction && PERIODS[restriction.periodUnit ?? '']) || '';
  const label = join(', ', capitalised(join(' ', noun || 'Another limit', per)), period);
  if (unlimited) return { kind: 'rule', label, text: 'No limit' };
  if (maxLimit === null) return { kind: 'rule', label, text: 'Ask in the shop' };
  const ofText = formatDecimal(maxLimit);
  if (remaining === null) {
    return { kind: 'rule', label, text: `Up to ${ofText}${limitOn === 'EVENT' ? ' each time' : ''}` };
  }
  const most = Number(maxLimit);
  const left = Math.max(0, Number(remaining));
  return {
    kind: 'count',
    label,
    left,
    leftText: left === 0 ? '0' : formatDecimal(remaining),
    ofText,
    share: most > 0 ? Math.min(1, left / most) : 0,
    noun,
    note: join(', ', per === FOR_YOU ? '' : per, period),
  };
}

/**
 * Sorts allowances: the smallest count first, then the larger ones, then the rules. The smallest count is the binding one,
 * since each use takes at least one of every count.
 */
export function tightestFirst(allowances: readonly Allowance[]): readonly Allowance[] {
  const looseness = (allowance: Allowance) => (allowance.kind === 'count' ? allowance.left : Number.POSITIVE_INFINITY);
  return allowances.toSorted((a, b) => (looseness(a) === looseness(b) ? 0 : looseness(a) - looseness(b)));
}

function join(separator: string, ...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(separator);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
