import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { graphql } from '../generated/gql.ts';
import type { MemberOffersQuery, PromotionStatus } from '../generated/graphql.ts';
import type { Member } from '../page/members.ts';
import { type Problem, problemOf } from '../page/problem.ts';

export const PAGE_SIZE = 10;

const MEMBER_OFFERS = graphql(`
  query MemberOffers(
    $identifier: CustomerIdentifierInput!
    $dataScope: DataScopeInput
    $status: PromotionStatus
    $first: Int
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
          promotionId
          field
        }
      }
    }
  }
`);

export type OfferConnection = NonNullable<NonNullable<MemberOffersQuery['customer']>['promotionConnection']>;

export type OffersState = ReturnType<typeof useOffers>;

/**
 * A member's offers in one status. With the error policy `all`, what a response has beside its errors is shown too.
 * - `known`: whether the gateway has found this member, now or earlier. `Customer.id` does not tell it: that makes no call.
 * - `connection`: undefined until the first page is loaded.
 * - `more` fetches this many more into the connection. It resolves with the problem, if there was one.
 */
export function useOffers({ identifier, dataScope }: Member, status: PromotionStatus | undefined) {
  const { data, error, refetch, fetchMore } = useQuery(MEMBER_OFFERS, {
    variables: { identifier, dataScope, status, first: PAGE_SIZE },
    errorPolicy: 'all',
  });
  const connection = data?.customer?.promotionConnection ?? undefined;
  const [known, setKnown] = useState(false);
  if (connection !== undefined && !known) setKnown(true);

  const more = (count: number): Promise<Problem | undefined> =>
    fetchMore({ variables: { first: count, after: connection?.pageInfo.endCursor } }).then(() => undefined, problemOf);

  return { known, connection, problem: error && problemOf(error), retry: () => void refetch(), more };
}
