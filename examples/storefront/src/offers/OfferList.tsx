import { useEffect, useRef, useState } from 'react';
import type { Problem } from '../api/problem.ts';
import type { MemberOffersQuery } from '../generated/graphql.ts';
import { Notice } from '../page/Notice.tsx';
import { OfferCard } from './OfferCard.tsx';

type Connection = NonNullable<MemberOffersQuery['customer']>['promotionConnection'];

type OfferListProps = {
  readonly connection: Connection;
  /** Fetches the next page into the connection; resolves to what kept it from coming. */
  readonly onMore: () => Promise<Problem | undefined>;
  readonly onSwitch: () => void;
};

type Fetching =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** The offers fetched so far, and a button for more. Focus goes to the first of the new ones. */
export function OfferList({ connection: { edges, pageInfo, totalCount }, onMore, onSwitch }: OfferListProps) {
  const [fetching, setFetching] = useState<Fetching>({ kind: 'idle' });
  const list = useRef<HTMLUListElement>(null);
  const seen = useRef(edges.length);

  useEffect(() => {
    if (edges.length > seen.current) {
      list.current?.children[seen.current]?.querySelector<HTMLElement>('h2')?.focus();
    }
    seen.current = edges.length;
  }, [edges.length]);

  async function more() {
    if (fetching.kind === 'busy') return;
    setFetching({ kind: 'busy' });
    const problem = await onMore();
    setFetching(problem === undefined ? { kind: 'idle' } : { kind: 'failed', problem });
  }

  return (
    <>
      <ul className="offers" ref={list}>
        {edges.map(({ cursor, node }) => (
          <li key={cursor}>
            <OfferCard promotion={node} />
          </li>
        ))}
      </ul>
      {fetching.kind === 'failed' && <Notice problem={fetching.problem} onRetry={more} onSwitch={onSwitch} />}
      {fetching.kind !== 'failed' && pageInfo.hasNextPage && (
        <button type="button" className="button more" aria-disabled={fetching.kind === 'busy'} onClick={more}>
          {fetching.kind === 'busy' ? 'Fetching more…' : `Show more of ${totalCount}`}
        </button>
      )}
    </>
  );
}
