import { useEffect, useRef, useState } from 'react';
import type { Problem } from '../api/problem.ts';
import { Notice } from '../page/Notice.tsx';
import { formatCount } from './format.ts';
import { OfferCard } from './OfferCard.tsx';
import { offerOf, STANDINGS, type Standing } from './offer.ts';
import { type OfferConnection, type OffersState, PAGE_SIZE } from './useOffers.ts';

/** The most offers that "Show all" fetches. They cost five upstream calls, far below the gateway's limit. */
const MOST_AT_ONCE = 500;

const HEADINGS: Readonly<Record<Standing, string>> = { usable: 'Open offers', 'used-up': 'Used up', ended: 'Ended' };

type OfferListProps = {
  readonly connection: OfferConnection;
  readonly onMore: OffersState['more'];
  readonly onBack: () => void;
};

type Fetching =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly count: number; readonly problem: Problem };

/** The offers fetched so far, usable ones first, and buttons for more. Focus moves to the first new one. */
export function OfferList({ connection: { edges, pageInfo, totalCount }, onMore, onBack }: OfferListProps) {
  const [fetching, setFetching] = useState<Fetching>({ kind: 'idle' });
  const list = useRef<HTMLDivElement>(null);
  const seen = useRef(edges.length);

  useEffect(() => {
    const added = edges.slice(seen.current).map(({ cursor }) => `[data-cursor="${CSS.escape(cursor)}"] h3`);
    seen.current = edges.length;
    if (added.length > 0) list.current?.querySelector<HTMLElement>(added.join())?.focus();
  }, [edges]);

  async function more(count: number) {
    if (fetching.kind === 'busy') return;
    setFetching({ kind: 'busy' });
    const problem = await onMore(count);
    setFetching(problem === undefined ? { kind: 'idle' } : { kind: 'failed', count, problem });
  }

  const now = Date.now();
  const offers = edges.map(({ cursor, node }) => ({ cursor, offer: offerOf(node, now) }));
  return (
    <>
      <div ref={list}>
        {STANDINGS.map((standing) => {
          const group = offers.filter(({ offer }) => offer.standing === standing);
          if (group.length === 0) return null;
          return (
            <section key={standing} className="group" aria-labelledby={standing}>
              <h2 id={standing}>{HEADINGS[standing]}</h2>
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
      </div>
      {fetching.kind === 'failed' && (
        <Notice problem={fetching.problem} onRetry={() => more(fetching.count)} onBack={onBack} />
      )}
      {fetching.kind !== 'failed' && pageInfo.hasNextPage && (
        <MoreButtons shown={edges.length} totalCount={totalCount} busy={fetching.kind === 'busy'} onMore={more} />
      )}
    </>
  );
}

type MoreButtonsProps = {
  readonly shown: number;
  readonly totalCount: number;
  readonly busy: boolean;
  readonly onMore: (count: number) => void;
};

function MoreButtons({ shown, totalCount, busy, onMore }: MoreButtonsProps) {
  const rest = totalCount - shown;
  const most = Math.min(rest, MOST_AT_ONCE);
  return (
    <div className="more">
      {rest > PAGE_SIZE && (
        <button type="button" className="button" aria-disabled={busy} onClick={() => onMore(PAGE_SIZE)}>
          Show {PAGE_SIZE} more
        </button>
      )}
      <button type="button" className="button quiet" aria-disabled={busy} onClick={() => onMore(most)}>
        {busy
          ? 'Fetching more…'
          : most === rest
            ? `Show all ${formatCount(totalCount)}`
            : `Show ${formatCount(most)} more`}
      </button>
    </div>
  );
}
