import type { RestrictionBarFragment } from '../generated/graphql.ts';
import { formatDecimal } from './format.ts';

/** A restriction as a shopper understands it: a bar that empties, or a rule without a count. */
export type Allowance =
  | {
      readonly kind: 'counted';
      readonly label: string;
      readonly left: string;
      readonly of: string;
      readonly share: number;
      readonly unit: Unit;
    }
  | { readonly kind: 'rule'; readonly label: string; readonly text: string }
  | { readonly kind: 'unlimited'; readonly label: string; readonly text: string };

export type Unit = 'points' | 'times' | 'unknown';

const TERMS: Readonly<
  Record<RestrictionBarFragment['kpi'], { readonly label: string; readonly unit: Unit } | undefined>
> = {
  MAX_NUMBER_OF_ISSUALS_PER_CUSTOMER: { label: 'Vouchers for you', unit: 'times' },
  NUMBER_OF_ISSUALS: { label: 'Vouchers', unit: 'times' },
  MAX_POINTS_PER_ISSUAL_PER_CUSTOMER: { label: 'Points on a voucher', unit: 'points' },
  MAX_NUMBER_OF_EARNS_PER_CUSTOMER: { label: 'Rewards for you', unit: 'times' },
  NUMBER_OF_EARNS: { label: 'Rewards', unit: 'times' },
  MAX_POINTS_PER_EARN_PER_CUSTOMER: { label: 'Points to earn', unit: 'points' },
  MAX_ALLOWED_TIMES_PER_CART: { label: 'Uses in a basket', unit: 'times' },
  MAX_ALLOWED_POINTS_PER_CART: { label: 'Points in a basket', unit: 'points' },
  MAX_ALLOWED_TIMES_PER_CUSTOMER: { label: 'Uses for you', unit: 'times' },
  MAX_ALLOWED_EVENTS_PER_CUSTOMER: { label: 'Purchases for you', unit: 'times' },
  MAX_ALLOWED_POINTS_PER_CUSTOMER: { label: 'Points for you', unit: 'points' },
  MAX_ALLOWED_EVENTS_PER_PROMOTION: { label: 'Purchases, all members', unit: 'times' },
  MAX_ALLOWED_POINTS_PER_PROMOTION: { label: 'Points, all members', unit: 'points' },
  NUMBER_OF_TIMES: { label: 'Uses', unit: 'times' },
  NUMBER_OF_POINTS: { label: 'Points', unit: 'points' },
  NUMBER_OF_REDEMPTIONS_PER_EARN: { label: 'Uses of a reward', unit: 'times' },
  UNKNOWN: undefined,
};

const PERIODS: Readonly<Record<string, string>> = { DAILY: 'daily', WEEKLY: 'weekly', MONTHLY: 'monthly' };

/** What a restriction leaves the shopper. A share is between 0 (used up) and 1 (untouched). */
export function allowanceOf(restriction: RestrictionBarFragment): Allowance {
  const { label: name, unit } = TERMS[restriction.kpi] ?? { label: inWords(restriction.kpiName), unit: 'unknown' };
  const period = 'periodUnit' in restriction ? PERIODS[restriction.periodUnit ?? ''] : undefined;
  const label = period === undefined ? name : `${name}, ${period}`;
  const { unlimited, maxLimit, remaining, limitOn } = restriction;
  if (unlimited) return { kind: 'unlimited', label, text: 'No limit' };
  if (maxLimit === null) return { kind: 'rule', label, text: 'Ask in the shop' };
  if (remaining === null) {
    return { kind: 'rule', label, text: `Up to ${formatDecimal(maxLimit)}${limitOn === 'EVENT' ? ' each time' : ''}` };
  }
  const most = Number(maxLimit);
  const share = most > 0 ? Math.min(1, Math.max(0, Number(remaining) / most)) : 0;
  const left = Number(remaining) < 0 ? '0' : formatDecimal(remaining);
  return { kind: 'counted', label, left, of: formatDecimal(maxLimit), share, unit };
}

/** "NUMBER_OF_MIRACLES" as "Number of miracles". */
function inWords(name: string): string {
  const words = name.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
