import type { Member } from '../members/member.ts';
import { Frond } from '../page/Frond.tsx';
import { Masthead } from '../page/Masthead.tsx';
import { Notice } from '../page/Notice.tsx';
import { noticeOf } from '../page/notices.ts';
import { useTitle } from '../page/route.ts';
import { Offers } from './Offers.tsx';
import { labelOf, type Status, StatusFilter } from './StatusFilter.tsx';
import { useOffers } from './useOffers.ts';

type OffersPageProps = {
  readonly member: Member;
  readonly status: Status;
  readonly onFilter: (name: string | undefined) => void;
  /** Returns to the sign-in, which keeps the typed identifier. */
  readonly onBack: () => void;
  readonly onSwitch: () => void;
};

/** A member's offers with the chosen filter, or only a notice if the member was not found. */
export function OffersPage({ member, status, onFilter, onBack, onSwitch }: OffersPageProps) {
  const offers = useOffers(member, status);
  const { known, problem, retry } = offers;
  const refusal = known ? undefined : problem;
  useTitle(problem ? noticeOf(problem.code).title : status ? `Your offers: ${labelOf(status)}` : 'Your offers');
  return (
    <div className="page">
      <Masthead>
        <button type="button" className="switch" onClick={onSwitch}>
          Switch <span className="switch-noun">member</span>
        </button>
      </Masthead>
      <main>
        <div className="hero">
          <Frond />
          <h1 tabIndex={-1}>
            <Greeting known={known} firstName={refusal ? undefined : member.firstName} />
          </h1>
          {refusal === undefined && <p>{known ? 'Everything on your card, and what is left of it.' : 'One moment…'}</p>}
        </div>
        <div className="content">
          {refusal === undefined ? (
            <>
              <StatusFilter status={status} onChange={onFilter} />
              <Offers key={status} offers={offers} filtered={status !== undefined} onBack={onBack} />
            </>
          ) : (
            <Notice problem={refusal} onRetry={retry} onBack={onBack} />
          )}
        </div>
      </main>
      <footer>Fernhill is an example shop. Its offers come from the gateway’s sandbox.</footer>
    </div>
  );
}

/** Greets only a member whom the shop knows. */
function Greeting({ known, firstName }: { readonly known: boolean; readonly firstName: string | undefined }) {
  if (firstName === undefined) return known ? 'Good to see you' : 'Your card';
  return (
    <>
      Good to see you, <em>{firstName}</em>
    </>
  );
}
