import { useQuery } from '@apollo/client/react';
import { type Problem, problemOf } from '../api/problem.ts';
import { graphql } from '../generated/gql.ts';
import type { Member } from '../members/member.ts';
import { Notice } from '../page/Notice.tsx';
import { EmptyOffers } from './EmptyOffers.tsx';
import { plural } from './format.ts';
import { OfferList } from './OfferList.tsx';
import { Skeletons } from './Skeletons.tsx';
import type { Status } from './StatusFilter.tsx';
import { Warnings } from './Warnings.tsx';

const PAGE_SIZE = 10;

const MEMBER_OFFERS = graphql(`
  query MemberOffers(
    $identifier: CustomerIdentifierInput!
    $dataScope: DataScopeInput
    $status: PromotionStatus
    $first: Int!
    $after: String
  ) {
    customer(identifier: $identifier, source: ALL, dataScope: $dataScope) {
      id
      promotionConnection(status: $status, first: $first, after: $after) {
        totalCount
        edges {
          cursor
          node {
            id
            ...OfferCard
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        warnings {
          message
        }
      }
    }
  }
`);

type OffersProps = { readonly member: Member; readonly status: Status; readonly onSwitch: () => void };

/** The member's offers in one state: waiting for them, why they didn't come, that there are none, or the offers. */
export function Offers({ member: { identifier, dataScope }, status, onSwitch }: OffersProps) {
  const { data, error, refetch, fetchMore } = useQuery(MEMBER_OFFERS, {
    variables: { identifier, dataScope, status, first: PAGE_SIZE },
    errorPolicy: 'all',
  });
  const offers = data?.customer?.promotionConnection;
  const problem: Problem | undefined = error && problemOf(error);

  async function showMore(): Promise<Problem | undefined> {
    try {
      const { error: failure } = await fetchMore({ variables: { after: offers?.pageInfo.endCursor } });
      return failure && problemOf(failure);
    } catch (failure) {
      return problemOf(failure);
    }
  }

  return (
    <>
      <p className="count" role="status">
        {offers === undefined
          ? problem === undefined && 'Fetching your offers…'
          : `Showing ${offers.edges.length} of ${plural(offers.totalCount, 'offer')}`}
      </p>
      {problem !== undefined && <Notice problem={problem} onRetry={() => refetch()} onSwitch={onSwitch} />}
      {offers === undefined ? (
        problem === undefined && <Skeletons />
      ) : offers.edges.length === 0 ? (
        <EmptyOffers filtered={status !== undefined} />
      ) : (
        <>
          <Warnings messages={offers.warnings.map(({ message }) => message)} />
          <OfferList connection={offers} onMore={showMore} onSwitch={onSwitch} />
        </>
      )}
    </>
  );
}
