import { type FragmentType, readFragment } from '../generated/fragment-masking.ts';
import { graphql } from '../generated/gql.ts';
import type { OfferFragment, PointsOfferType } from '../generated/graphql.ts';
import { formatBriefly, formatDay, LIST, type Validity, validityOf } from './format.ts';
import { LIMIT, type Limit, limitOf } from './limit.ts';

export const OFFER = graphql(`
  fragment Offer on Promotion {
    promotionId
    name
    description
    startDate
    endDate
    pointsOfferType
    customerUsage {
      currentPointsPerCustomer
    }
    restrictions {
      redemption {
        ...Limit
      }
      earn {
        ...Limit
      }
      issual {
        ...Limit
      }
    }
    enrolments {
      id
      enrolledAt
    }
  }
`);

/** How an offer stands for a member, with the heading over such offers, in the order in which they are shown. */
export const STANDINGS = {
  usable: 'Open offers',
  paused: 'Open again soon',
  coming: 'Coming up',
  'used-up': 'Used up',
  ended: 'Ended',
} as const;
export type Standing = keyof typeof STANDINGS;

/** A promotion as the page shows it. */
export type Offer = {
  readonly standing: Standing;
  readonly kind: { readonly className: string; readonly label: string };
  readonly name: string;
  readonly description: string | undefined;
  readonly validity: Validity;
  /** The day on which the member joined it. */
  readonly joined: string | undefined;
  /** The short text on the card. */
  readonly glance: { readonly figure: string; readonly text: string; readonly note?: string };
  readonly limits: readonly Limit[];
  /** What could not be read, such as "its name and its end"; empty if everything could. */
  readonly unreadable: string;
};

const KINDS: Readonly<Record<PointsOfferType, Offer['kind']>> = {
  GENERIC: { className: 'open', label: 'For everyone' },
  LOYALTY: { className: 'yours', label: 'Picked for you' },
  LOYALTY_EARNING: { className: 'join', label: 'Join to earn' },
  UNKNOWN: { className: 'open', label: 'Offer' },
};

/** The fields of a warning that a card shows, by their first word. */
const SHOWN: Readonly<Record<string, string>> = {
  promotionName: 'its name',
  description: 'what it offers',
  startDate: 'its start',
  endDate: 'its end',
  promotionRestriction: 'its limits',
  customerUsage: 'what you have earned',
  customerPromotionTimelines: 'when you joined',
};

/** `now` in epoch milliseconds; whether the gateway has told that the member can redeem it; the warnings of its page. */
type Circumstances = {
  readonly now: number;
  readonly redeemable: boolean;
  readonly warnings: readonly { readonly promotionId: string | null; readonly field: string | null }[];
};

export function offerOf(promotion: FragmentType<typeof OFFER>, { now, redeemable, warnings }: Circumstances): Offer {
  const { promotionId, startDate, endDate, restrictions, ...rest } = readFragment(OFFER, promotion);
  const validity = validityOf(startDate, endDate, now);
  const redemption = limitsOf(restrictions.redemption);
  const others = [...limitsOf(restrictions.earn), ...limitsOf(restrictions.issual)];
  const fields = warnings.filter((each) => each.promotionId === promotionId).map(({ field }) => field ?? '');
  const unreadable = fields.flatMap((field) => SHOWN[field.split(/\W/, 1)[0] ?? ''] ?? []);
  const spent = spentLimit(redemption, redeemable);
  const lasting: Standing = spent === undefined ? 'usable' : spent.until === undefined ? 'used-up' : 'paused';
  const standing = validity.kind === 'over' ? 'ended' : validity.kind === 'coming' ? 'coming' : lasting;
  const points = rest.customerUsage?.currentPointsPerCustomer ?? '0';
  const earned = Number(points) > 0 ? `${formatBriefly(Number(points))} points earned` : '';
  const enrolledAt = rest.enrolments[0]?.enrolledAt;
  const glances: Record<Standing, () => Offer['glance']> = {
    usable: () => figureOf(redemption, others) ?? { figure: 'Open', text: earned },
    paused: () => ({ figure: 'No more', text: spent?.until ?? '', note: spent?.noun ?? '' }),
    coming: () => ({ figure: 'Starts', text: formatDay(startDate ?? '', now) }),
    'used-up': () => ({ figure: 'Used up', text: `no ${spent?.noun} left` }),
    ended: () => ({ figure: 'Ended', text: earned }),
  };
  return {
    standing,
    kind: KINDS[rest.pointsOfferType ?? 'UNKNOWN'],
    name: rest.name ?? 'An offer for you',
    description: rest.description ?? undefined,
    validity,
    joined: enrolledAt ? formatDay(enrolledAt, now) : undefined,
    glance: glances[standing](),
    limits: [...redemption, ...others].sort((a, b) => Number(b.left !== undefined) - Number(a.left !== undefined)),
    unreadable: LIST.format([...new Set(unreadable)]),
  };
}

function limitsOf(restrictions: OfferFragment['restrictions']['earn' | 'issual' | 'redemption']): readonly Limit[] {
  return restrictions.map((each) => limitOf(readFragment(LIMIT, each)));
}

/**
 * The redemption limit of which nothing is left, one for ever before one for a period. Limits on issuing and earning do not matter: who has a
 * voucher can redeem it. Nor does one that counts something unknown, nor one for ever if the gateway knows better.
 */
function spentLimit(redemption: readonly Limit[], redeemable: boolean): Limit | undefined {
  const spent = redemption.filter(({ left, noun }) => left?.amount === 0 && noun !== undefined);
  const forEver = redeemable ? undefined : spent.find(({ until }) => until === undefined);
  return forEver ?? spent.find(({ until }) => until !== undefined);
}

/** The number that tells most: what is left to redeem, else left to get, else the most in one use. */
function figureOf(redemption: readonly Limit[], others: readonly Limit[]): Offer['glance'] | undefined {
  const best = leastLeft(redemption) ?? leastLeft(others);
  if (best !== undefined) {
    const { amount, noun = '', each } = best;
    return { figure: formatBriefly(amount), text: `${amount === 1 ? noun.replace(/s$/, '') : noun} left`, note: each };
  }
  const { most, noun, each } = redemption.find((limit) => limit.most !== undefined && limit.noun !== undefined) ?? {};
  return most === undefined
    ? most
    : { figure: formatBriefly(Number(most)), text: `${noun} at most`, note: each || 'each time' };
}

/** The least that is left of what the first of these limits counts: points and uses cannot be compared. */
function leastLeft(limits: readonly Limit[]) {
  const some = limits.flatMap(({ left, noun, each }) =>
    left?.amount && noun ? { amount: left.amount, noun, each } : [],
  );
  return some.filter(({ noun }) => noun === some[0]?.noun).sort((a, b) => a.amount - b.amount)[0];
}
