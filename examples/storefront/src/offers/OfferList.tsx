import { useEffect, useRef, useState } from 'react';
import { Notice } from '../page/Notice.tsx';
import type { Problem } from '../page/problem.ts';
import { formatNumber } from './format.ts';
import { OfferCard } from './OfferCard.tsx';
import { offerOf, STANDINGS } from './offer.ts';
import { type OfferConnection, type OffersState, PAGE_SIZE } from './useOffers.ts';

/** The most offers that "Show all" fetches. They cost five upstream calls, far below the gateway's limit. */
const MOST_AT_ONCE = 500;

type OfferListProps = {
  readonly connection: OfferConnection;
  readonly redeemable: boolean;
  readonly more: OffersState['more'];
  readonly onSwitch: () => void;
};

/** A fetch for more offers: it runs, or it failed. */
type Fetching = { readonly count: number; readonly problem?: Problem } | undefined;

/** The offers fetched so far, usable ones first, and buttons for more. Focus moves to the first new one. */
export function OfferList({ connection, redeemable, more, onSwitch }: OfferListProps) {
  const { edges, pageInfo, totalCount, warnings } = connection;
  const [fetching, setFetching] = useState<Fetching>();
  const list = useRef<HTMLDivElement>(null);
  const seen = useRef(edges.length);

  useEffect(() => {
    const added = edges.slice(seen.current).map(({ cursor }) => `[data-cursor="${CSS.escape(cursor)}"] h3`);
    seen.current = edges.length;
    if (added.length > 0) list.current?.querySelector<HTMLElement>(added.join())?.focus();
  }, [edges]);

  async function fetchMore(count: number) {
    if (busy) return;
    setFetching({ count });
    const problem = await more(count);
    setFetching(problem && { count, problem });
  }

  const busy = fetching !== undefined && !fetching.problem;
  const rest = totalCount - edges.length;
  const most = Math.min(rest, MOST_AT_ONCE);
  const now = Date.now();
  const offers = edges.map(({ cursor, node }) => ({ cursor, offer: offerOf(node, { now, redeemable, warnings }) }));
  return (
    <div ref={list}>
      {warnings.some(({ promotionId, field }) => promotionId === null && field !== null) && (
        <p>We couldn’t read every offer on your card, so one may be missing. Ask in the shop.</p>
      )}
      {Object.entries(STANDINGS).map(([standing, heading]) => {
        const group = offers.filter(({ offer }) => offer.standing === standing);
        if (group.length === 0) return null;
        return (
          <section key={standing} aria-labelledby={standing}>
            <h2 id={standing}>{heading}</h2>
            <ul className="offers">
              {group.map(({ cursor, offer }) => (
                <li key={cursor} data-cursor={cursor}>
                  <OfferCard offer={offer} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      {fetching?.problem ? (
        <Notice problem={fetching.problem} onRetry={() => fetchMore(fetching.count)} onSwitch={onSwitch} />
      ) : (
        pageInfo.hasNextPage && (
          <p className="more">
            {rest > PAGE_SIZE && (
              <button type="button" className="button" aria-disabled={busy} onClick={() => fetchMore(PAGE_SIZE)}>
                Show {PAGE_SIZE} more
              </button>
            )}
            <button type="button" className="button quiet" aria-disabled={busy} onClick={() => fetchMore(most)}>
              {busy
                ? 'Fetching more…'
                : `Show ${most === rest ? 'all' : 'the next'} ${formatNumber(most === rest ? totalCount : most)}`}
            </button>
          </p>
        )
      )}
    </div>
  );
}
