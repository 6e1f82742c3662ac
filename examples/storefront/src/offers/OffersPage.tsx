import type { PromotionStatus } from '../generated/graphql.ts';
import type { Member } from '../page/members.ts';
import { Notice } from '../page/Notice.tsx';
import { Page } from '../page/Page.tsx';
import { useTitle } from '../page/route.ts';
import { formatNumber } from './format.ts';
import { OfferList } from './OfferList.tsx';
import { type OffersState, useOffers } from './useOffers.ts';

/** A filter: its name in the page's address, its label, and the status of the offers that it shows. */
type Filter = { readonly name?: string; readonly label: string; readonly status?: PromotionStatus };

const ALL: Filter = { label: 'All' };
const FILTERS: readonly Filter[] = [
  ALL,
  { name: 'ready', label: 'Ready', status: 'AVAILABLE_TO_REDEEM' },
  { name: 'earning', label: 'Earning', status: 'AVAILABLE_TO_EARN' },
  { name: 'join', label: 'To join', status: 'AVAILABLE_TO_ENROL' },
  { name: 'ended', label: 'Ended', status: 'EXPIRED' },
];

type OffersPageProps = {
  readonly member: Member;
  /** A filter's name. An unknown one filters nothing. */
  readonly show: string | undefined;
  readonly onShow: (name: string | undefined) => void;
  readonly onSwitch: () => void;
};

/** A member's offers with the chosen filter, or only a notice if the member was not found. Only a member whom the shop knows is greeted. */
export function OffersPage({ member, show, onShow, onSwitch }: OffersPageProps) {
  const chosen = FILTERS.find(({ name }) => name === show) ?? ALL;
  const offers = useOffers(member, chosen.status);
  const { known, problem, retry } = offers;
  const refused = problem !== undefined && !known;
  const greeted = refused ? undefined : member.firstName;
  useTitle(problem?.title ?? (chosen === ALL ? 'Your offers' : `Your offers: ${chosen.label}`));
  return (
    <Page onSwitch={onSwitch}>
      <div className="hero">
        <h1 tabIndex={-1}>
          {greeted ? 'Good to see you, ' : known ? 'Good to see you' : 'Your card'}
          <em>{greeted}</em>
        </h1>
        <p>
          {known ? 'Everything on your card, and what is left of it.' : refused ? 'That didn’t work.' : 'One moment…'}
        </p>
      </div>
      <div className="content">
        {refused ? (
          <Notice problem={problem} onRetry={retry} onSwitch={onSwitch} />
        ) : (
          <>
            <fieldset className="filter">
              <legend className="visually-hidden">Show offers that are</legend>
              {FILTERS.map((each) => (
                <label key={each.label}>
                  <input type="radio" name="show" checked={each === chosen} onChange={() => onShow(each.name)} />
                  <span>{each.label}</span>
                </label>
              ))}
            </fieldset>
            <Offers key={chosen.label} offers={offers} status={chosen.status} onSwitch={onSwitch} />
          </>
        )}
      </div>
    </Page>
  );
}

type OffersProps = Pick<OffersPageProps, 'onSwitch'> & {
  readonly offers: OffersState;
  readonly status: Filter['status'];
};

/** The member's offers in one of four states: loading, a problem, none, or the offers. */
function Offers({ offers: { connection, problem, retry, more }, status, onSwitch }: OffersProps) {
  const shown = connection?.edges.length ?? 0;
  const count = connection?.totalCount ?? 0;
  return (
    <>
      <p className="count" role="status">
        {connection && `Showing ${formatNumber(shown)} of ${formatNumber(count)} offer${count === 1 ? '' : 's'}`}
        {!connection && !problem && 'Fetching your offers…'}
      </p>
      {problem && <Notice problem={problem} onRetry={retry} onSwitch={onSwitch} />}
      {connection && shown === 0 && (
        <section className="notice">
          <h2>{status ? 'Nothing in this group' : 'No offers yet'}</h2>
          <p>
            {status ? 'Try another group above.' : 'New offers arrive on your card by themselves. Look in again soon.'}
          </p>
        </section>
      )}
      {connection && <OfferList {...{ connection, more, onSwitch }} redeemable={status === 'AVAILABLE_TO_REDEEM'} />}
      {!connection && !problem && (
        // Screen readers read the count line above instead.
        <div className="offers" aria-hidden="true">
          {['a', 'b', 'c', 'd', 'e', 'f'].map((card) => (
            <div className="voucher skeleton" key={card} />
          ))}
        </div>
      )}
    </>
  );
}
