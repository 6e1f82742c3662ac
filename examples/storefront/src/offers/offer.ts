import { type FragmentType, readFragment } from '../generated/fragment-masking.ts';
import { graphql } from '../generated/gql.ts';
import type { OfferFragment, PointsOfferType } from '../generated/graphql.ts';
import { ALLOWANCE, type Allowance, allowanceOf, tightestFirst } from './allowance.ts';
import { formatDay, formatDecimal, type Validity, validityOf } from './format.ts';

export const OFFER = graphql(`
  fragment Offer on Promotion {
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
        ...Allowance
      }
      earn {
        ...Allowance
      }
      issual {
        ...Allowance
      }
    }
    enrolments {
      id
      enrolledAt
    }
  }
`);

/** Whether a member can use an offer now. Offers are shown in this order. */
export const STANDINGS = ['usable', 'used-up', 'ended'] as const;
export type Standing = (typeof STANDINGS)[number];

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
  readonly allowances: readonly Allowance[];
};

const KINDS: Readonly<Record<PointsOfferType, Offer['kind']>> = {
  GENERIC: { className: 'open', label: 'For everyone' },
  LOYALTY: { className: 'yours', label: 'Picked for you' },
  LOYALTY_EARNING: { className: 'join', label: 'Join to earn' },
  UNKNOWN: { className: 'open', label: 'Offer' },
};

/** The offer for a promotion at `now`, in epoch milliseconds. */
export function offerOf(promotion: FragmentType<typeof OFFER>, now: number): Offer {
  const { name, description, startDate, endDate, pointsOfferType, ...rest } = readFragment(OFFER, promotion);
  const validity = validityOf(startDate, endDate, now);
  const allowances = allowancesOf(rest.restrictions);
  const standing = standingOf(validity, allowances);
  const enrolledAt = rest.enrolments[0]?.enrolledAt ?? undefined;
  return {
    standing,
    kind: KINDS[pointsOfferType ?? 'UNKNOWN'],
    name: name ?? 'An offer for you',
    description: description ?? undefined,
    validity,
    joined: enrolledAt && formatDay(enrolledAt),
    glance: glanceAt(standing, allowances, rest.customerUsage?.currentPointsPerCustomer ?? '0'),
    allowances,
  };
}

function allowancesOf({ redemption, earn, issual }: OfferFragment['restrictions']): readonly Allowance[] {
  return tightestFirst([...redemption, ...earn, ...issual].map((each) => allowanceOf(readFragment(ALLOWANCE, each))));
}

function standingOf(validity: Validity, [tightest]: readonly Allowance[]): Standing {
  if (validity.kind === 'over') return 'ended';
  return tightest?.kind === 'count' && tightest.left === 0 ? 'used-up' : 'usable';
}

function glanceAt(standing: Standing, [tightest]: readonly Allowance[], points: string): Offer['glance'] {
  const earned = Number(points) > 0 ? `${formatDecimal(points)} points earned` : '';
  if (standing === 'ended') return { figure: 'Ended', text: earned };
  if (tightest?.kind !== 'count') return { figure: 'Open', text: earned };
  const { leftText, left, noun, note } = tightest;
  if (standing === 'used-up') return { figure: 'Used up', text: noun && `no ${noun} left`, note };
  return { figure: leftText, text: `${left === 1 ? noun.replace(/s$/, '') : noun} left`, note };
}
