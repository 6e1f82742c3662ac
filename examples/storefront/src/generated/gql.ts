/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment Limit on Restriction {\n    kpi\n    maxLimit\n    limitOn\n    unlimited\n    remaining\n    ... on RedemptionRestriction {\n      type\n      periodUnit\n    }\n  }\n": typeof types.LimitFragmentDoc,
    "\n  fragment Offer on Promotion {\n    promotionId\n    name\n    description\n    startDate\n    endDate\n    pointsOfferType\n    customerUsage {\n      currentPointsPerCustomer\n    }\n    restrictions {\n      redemption {\n        ...Limit\n      }\n      earn {\n        ...Limit\n      }\n      issual {\n        ...Limit\n      }\n    }\n    enrolments {\n      id\n      enrolledAt\n    }\n  }\n": typeof types.OfferFragmentDoc,
    "\n  query MemberOffers(\n    $identifier: CustomerIdentifierInput!\n    $dataScope: DataScopeInput\n    $status: PromotionStatus\n    $first: Int\n    $after: String\n  ) {\n    customer(identifier: $identifier, source: ALL) {\n      id\n      promotionConnection(dataScope: $dataScope, status: $status, first: $first, after: $after) {\n        totalCount\n        edges {\n          cursor\n          node {\n            id\n            ...Offer\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n        warnings {\n          promotionId\n          field\n        }\n      }\n    }\n  }\n": typeof types.MemberOffersDocument,
};
const documents: Documents = {
    "\n  fragment Limit on Restriction {\n    kpi\n    maxLimit\n    limitOn\n    unlimited\n    remaining\n    ... on RedemptionRestriction {\n      type\n      periodUnit\n    }\n  }\n": types.LimitFragmentDoc,
    "\n  fragment Offer on Promotion {\n    promotionId\n    name\n    description\n    startDate\n    endDate\n    pointsOfferType\n    customerUsage {\n      currentPointsPerCustomer\n    }\n    restrictions {\n      redemption {\n        ...Limit\n      }\n      earn {\n        ...Limit\n      }\n      issual {\n        ...Limit\n      }\n    }\n    enrolments {\n      id\n      enrolledAt\n    }\n  }\n": types.OfferFragmentDoc,
    "\n  query MemberOffers(\n    $identifier: CustomerIdentifierInput!\n    $dataScope: DataScopeInput\n    $status: PromotionStatus\n    $first: Int\n    $after: String\n  ) {\n    customer(identifier: $identifier, source: ALL) {\n      id\n      promotionConnection(dataScope: $dataScope, status: $status, first: $first, after: $after) {\n        totalCount\n        edges {\n          cursor\n          node {\n            id\n            ...Offer\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n        warnings {\n          promotionId\n          field\n        }\n      }\n    }\n  }\n": types.MemberOffersDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Limit on Restriction {\n    kpi\n    maxLimit\n    limitOn\n    unlimited\n    remaining\n    ... on RedemptionRestriction {\n      type\n      periodUnit\n    }\n  }\n"): (typeof documents)["\n  fragment Limit on Restriction {\n    kpi\n    maxLimit\n    limitOn\n    unlimited\n    remaining\n    ... on RedemptionRestriction {\n      type\n      periodUnit\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Offer on Promotion {\n    promotionId\n    name\n    description\n    startDate\n    endDate\n    pointsOfferType\n    customerUsage {\n      currentPointsPerCustomer\n    }\n    restrictions {\n      redemption {\n        ...Limit\n      }\n      earn {\n        ...Limit\n      }\n      issual {\n        ...Limit\n      }\n    }\n    enrolments {\n      id\n      enrolledAt\n    }\n  }\n"): (typeof documents)["\n  fragment Offer on Promotion {\n    promotionId\n    name\n    description\n    startDate\n    endDate\n    pointsOfferType\n    customerUsage {\n      currentPointsPerCustomer\n    }\n    restrictions {\n      redemption {\n        ...Limit\n      }\n      earn {\n        ...Limit\n      }\n      issual {\n        ...Limit\n      }\n    }\n    enrolments {\n      id\n      enrolledAt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MemberOffers(\n    $identifier: CustomerIdentifierInput!\n    $dataScope: DataScopeInput\n    $status: PromotionStatus\n    $first: Int\n    $after: String\n  ) {\n    customer(identifier: $identifier, source: ALL) {\n      id\n      promotionConnection(dataScope: $dataScope, status: $status, first: $first, after: $after) {\n        totalCount\n        edges {\n          cursor\n          node {\n            id\n            ...Offer\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n        warnings {\n          promotionId\n          field\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query MemberOffers(\n    $identifier: CustomerIdentifierInput!\n    $dataScope: DataScopeInput\n    $status: PromotionStatus\n    $first: Int\n    $after: String\n  ) {\n    customer(identifier: $identifier, source: ALL) {\n      id\n      promotionConnection(dataScope: $dataScope, status: $status, first: $first, after: $after) {\n        totalCount\n        edges {\n          cursor\n          node {\n            id\n            ...Offer\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n        warnings {\n          promotionId\n          field\n        }\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;