import { useQuery } from '@apollo/client/react';
import { type Problem, problemOf } from '../api/problem.ts';
import { graphql } from '../generated/gql.ts';
import type { MemberOffersQuery } from '../generated/graphql.ts';
import type { Member } from '../members/member.ts';
import type { Status } from './StatusFilter.tsx';

export const PAGE_SIZE = 10;

const MEMBER_OFFERS = graphql(`
  query MemberOffers(
    $identifier: CustomerIdentifierInput!
    $dataScope: DataScopeInput
    $status: PromotionStatus
    $first: Int!
    $after: String
  ) {
    customer(identifier: $identifier, source: ALL) {
      id
      promotionConnection(dataScope: $dataScope, status: $status, first: $first, after: $after) {
        totalCount
        edges {
          cursor
          node {
            id
            ...Offer
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        warnings {
          code
        }
      }
    }
  }
`);

export type OfferConnection = NonNullable<NonNullable<MemberOffersQuery['customer']>['promotionConnection']>;

export type OffersState = {
  /** Whether the gateway has found this member, now or in an earlier query. */
  readonly known: boolean;
  /** Undefined until the first page is loaded. */
  readonly connection: OfferConnection | undefined;
  readonly problem: Problem | undefined;
  readonly retry: () => void;
  /** Fetches this many more into the connection. Resolves with the problem, if there was one. */
  readonly more: (count: number) => Promise<Problem | undefined>;
};

/** A member's offers in one status. The data of a response with errors is dropped, since it would replace the list. */
export function useOffers({ identifier, dataScope }: Member, status: Status): OffersState {
  const { data, previousData, error, refetch, fetchMore } = useQuery(MEMBER_OFFERS, {
    variables: { identifier, dataScope, status, first: PAGE_SIZE },
  });
  const connection = data?.customer?.promotionConnection ?? undefined;

  async function more(count: number): Promise<Problem | undefined> {
    try {
      await fetchMore({ variables: { first: count, after: connection?.pageInfo.endCursor } });
      return undefined;
    } catch (failure) {
      return problemOf(failure);
    }
  }

  return {
    known: Boolean(data?.customer ?? previousData?.customer),
    connection,
    problem: error && problemOf(error),
    retry: () => void refetch(),
    more,
  };
}
