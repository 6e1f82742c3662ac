import { type FragmentType, readFragment } from '../generated/fragment-masking.ts';
import { graphql } from '../generated/gql.ts';
import type { OfferCardFragment } from '../generated/graphql.ts';
import { type Allowance, allowanceOf } from './allowance.ts';
import { formatDay, formatDecimal, validityOf } from './format.ts';
import { RESTRICTION_BAR, RestrictionBar } from './RestrictionBar.tsx';

const OFFER_CARD = graphql(`
  fragment OfferCard on Promotion {
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
        ...RestrictionBar
      }
      earn {
        ...RestrictionBar
      }
      issual {
        ...RestrictionBar
      }
    }
    enrolments {
      id
      enrolledAt
    }
  }
`);

const KINDS = {
  GENERIC: { className: 'open', label: 'For everyone' },
  LOYALTY: { className: 'yours', label: 'Picked for you' },
  LOYALTY_EARNING: { className: 'join', label: 'Join to earn' },
  UNKNOWN: { className: 'open', label: 'Offer' },
} as const;

const LEFT = { points: 'points left', times: 'uses left', unknown: 'left' } as const;

const BARS_SHOWN = 2;

/** One promotion as a voucher: what is left of it on the stub, what it is and what it allows beside it. */
export function OfferCard({ promotion }: { readonly promotion: FragmentType<typeof OFFER_CARD> }) {
  const offer = readFragment(OFFER_CARD, promotion);
  const kind = KINDS[offer.pointsOfferType ?? 'UNKNOWN'];
  const validity = validityOf(offer.startDate, offer.endDate, Date.now());
  const allowances = allowancesOf(offer);
  const shown = allowances.slice(0, BARS_SHOWN);
  const more = allowances.slice(BARS_SHOWN);
  const enrolledAt = offer.enrolments[0]?.enrolledAt;
  return (
    <article className={`voucher ${kind.className}`} data-validity={validity.kind}>
      <Stub offer={offer} allowances={allowances} />
      <div className="voucher-body">
        <p className="voucher-meta">
          <span className="kind">{kind.label}</span>
          <span className="validity">{validity.text}</span>
        </p>
        <h2 tabIndex={-1}>{offer.name ?? 'An offer for you'}</h2>
        {offer.description !== null && <p className="voucher-text">{offer.description}</p>}
        {enrolledAt !== undefined && enrolledAt !== null && <p className="joined">Joined {formatDay(enrolledAt)}</p>}
        {shown.length > 0 && <Restrictions allowances={shown} />}
        {more.length > 0 && (
          <details>
            <summary>More limits</summary>
            <Restrictions allowances={more} />
          </details>
        )}
      </div>
    </article>
  );
}

function Restrictions({ allowances }: { readonly allowances: readonly Allowance[] }) {
  return (
    <div className="restrictions">
      {allowances.map((allowance, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: restrictions have no identity of their own
        <RestrictionBar key={index} allowance={allowance} />
      ))}
    </div>
  );
}

function Stub({ offer, allowances }: { readonly offer: OfferCardFragment; readonly allowances: readonly Allowance[] }) {
  const counted = allowances.find((allowance) => allowance.kind === 'counted');
  const points = offer.customerUsage?.currentPointsPerCustomer ?? '0';
  if (counted !== undefined) return <StubText figure={counted.left} text={LEFT[counted.unit]} />;
  if (Number(points) > 0) return <StubText figure={formatDecimal(points)} text="points earned" />;
  return <StubText figure="∞" text="no limit" />;
}

function StubText({ figure, text }: { readonly figure: string; readonly text: string }) {
  return (
    <p className="stub">
      <strong className="stub-figure" data-long={figure.length > 3 || undefined}>
        {figure}
      </strong>{' '}
      <span className="stub-text">{text}</span>
    </p>
  );
}

/** What can be counted down comes first: it is what a shopper looks for. */
function allowancesOf({ restrictions: { redemption, earn, issual } }: OfferCardFragment): readonly Allowance[] {
  const all = [...redemption, ...earn, ...issual].map((each) => allowanceOf(readFragment(RESTRICTION_BAR, each)));
  return [...all.filter(({ kind }) => kind === 'counted'), ...all.filter(({ kind }) => kind !== 'counted')];
}
