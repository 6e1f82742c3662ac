import { Notice } from '../page/Notice.tsx';
import { formatCount } from './format.ts';
import { OfferList } from './OfferList.tsx';
import type { OffersState } from './useOffers.ts';

const SKELETONS = ['a', 'b', 'c', 'd', 'e', 'f'];

type OffersProps = { readonly offers: OffersState; readonly filtered: boolean; readonly onBack: () => void };

/** The member's offers in one of four states: loading, a problem, none, or the offers. */
export function Offers({ offers: { connection, problem, retry, more }, filtered, onBack }: OffersProps) {
  return (
    <>
      <p className="count" role="status">
        {connection === undefined
          ? problem === undefined && 'Fetching your offers…'
          : `Showing ${formatCount(connection.edges.length)} of ${countOf(connection.totalCount)}`}
      </p>
      {problem !== undefined && <Notice problem={problem} onRetry={retry} onBack={onBack} />}
      {connection === undefined ? (
        problem === undefined && <Skeletons />
      ) : connection.edges.length === 0 ? (
        <NoOffers filtered={filtered} />
      ) : (
        <>
          {connection.warnings.length > 0 && <SomethingMissing />}
          <OfferList connection={connection} onMore={more} onBack={onBack} />
        </>
      )}
    </>
  );
}

function countOf(offers: number): string {
  return `${formatCount(offers)} offer${offers === 1 ? '' : 's'}`;
}

/** Placeholders while the offers are fetched. Screen readers read the count line above instead. */
function Skeletons() {
  return (
    <ul className="offers" aria-hidden="true">
      {SKELETONS.map((card) => (
        <li key={card}>
          <div className="voucher skeleton">
            <div className="stub" />
            <div className="voucher-body">
              <i />
              <i />
              <i />
              <i />
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Shown if there are no offers: either the card is new or the filter matches nothing. */
function NoOffers({ filtered }: { readonly filtered: boolean }) {
  return (
    <section className="notice">
      <h2>{filtered ? 'Nothing in this group' : 'No offers yet'}</h2>
      <p>
        {filtered ? 'Try another group above.' : 'New offers arrive on your card by themselves. Look in again soon.'}
      </p>
    </section>
  );
}

/** A hint that some details could not be read. The gateway's own warnings name fields and values, which help only operators. */
function SomethingMissing() {
  return (
    <aside className="missing" aria-label="About these offers">
      <p>
        We couldn’t read every detail of these offers, so a name, a date or a limit may be missing. The offers
        themselves are fine: ask in the shop about anything that you miss here.
      </p>
    </aside>
  );
}
