/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** An identifier of a customer. */
export type CustomerIdentifierInput = {
  /** The kind of identifier: REST `identifierName`. */
  name: IdentifierName;
  /**
   * The identifier: REST `identifierValue`, such as "+91 740-640-0033" or "A@x.com". Leading zeros are significant.
   * At most 254 characters.
   */
  value: string;
};

/** Data scopes: the values of REST header `DATA-SCOPE`. */
export type DataScope =
  /** A parent organisation and its children together: `ALL`. Upstream refuses it for a parent with more than two children. */
  | 'ALL'
  /** The organisations in `orgIds`: `OTHER`. */
  | 'OTHER'
  /** Only the organisation whose credentials are used: `SELF`, upstream's default. */
  | 'SELF';

/** The organisations whose promotions upstream reads for a list. */
export type DataScopeInput = {
  /** At most two organisation ids: REST header `DATA-SCOPE-ORG`. Required with OTHER, not allowed with SELF. */
  orgIds?: Array<string> | null | undefined;
  /** REST header `DATA-SCOPE`. */
  scope: DataScope;
};

/** Kinds of customer identifier: the values of REST `identifierName`. */
export type IdentifierName =
  /** An e-mail address: `email`. Case is ignored. */
  | 'EMAIL'
  /** An id of the brand's own: `externalid`. It is compared exactly, leading zeros included. */
  | 'EXTERNAL_ID'
  /** Capillary's own customer id: `id`. */
  | 'ID'
  /** A mobile number with country code: `mobile`. Spaces, dots, dashes, slashes, brackets, invisible marks and a leading plus sign are ignored. */
  | 'MOBILE';

/** What a limit is counted on: the values of REST `limitOn`. */
export type LimitOn =
  /** All that this customer does: `CUSTOMER`. */
  | 'CUSTOMER'
  /** Each event, such as a purchase, by itself: `EVENT`. */
  | 'EVENT'
  /** All that all customers do in the promotion: `PROMOTION`. */
  | 'PROMOTION'
  /** A value of REST `limitOn` that this schema does not know. The page's `warnings` name it. */
  | 'UNKNOWN';

/** How a promotion reaches the customer: the values of REST `pointsOfferType`. */
export type PointsOfferType =
  /** Available without issue: `GENERIC`. */
  | 'GENERIC'
  /** Direct issue: `LOYALTY`. */
  | 'LOYALTY'
  /** Enrol and issue: `LOYALTY_EARNING`. */
  | 'LOYALTY_EARNING'
  /** A value of REST `pointsOfferType` that this schema does not know. The page's `warnings` name it. */
  | 'UNKNOWN';

/** A promotion's state for a customer: the values of REST `promotionStatusForCustomer`. */
export type PromotionStatus =
  /** The customer can earn it: a promotion of the type Direct Issue, or one of Enrol & Issue after enrolment: `AVAILABLE_TO_EARN`. */
  | 'AVAILABLE_TO_EARN'
  /** A promotion of the type Enrol & Issue in which the customer can still enrol: `AVAILABLE_TO_ENROL`. */
  | 'AVAILABLE_TO_ENROL'
  /** An active promotion of any type that the customer can redeem now: `AVAILABLE_TO_REDEEM`. */
  | 'AVAILABLE_TO_REDEEM'
  /** The promotion's end date has passed: `EXPIRED`. */
  | 'EXPIRED';

/** What a restriction counts: the values of REST `kpi`. */
export type RestrictionKpi =
  /** Events of a customer: `MAX_ALLOWED_EVENTS_PER_CUSTOMER`. */
  | 'MAX_ALLOWED_EVENTS_PER_CUSTOMER'
  /** Events over the whole promotion: `MAX_ALLOWED_EVENTS_PER_PROMOTION`. */
  | 'MAX_ALLOWED_EVENTS_PER_PROMOTION'
  /** Points redeemed in a cart: `MAX_ALLOWED_POINTS_PER_CART`. */
  | 'MAX_ALLOWED_POINTS_PER_CART'
  /** Points redeemed by a customer: `MAX_ALLOWED_POINTS_PER_CUSTOMER`. */
  | 'MAX_ALLOWED_POINTS_PER_CUSTOMER'
  /** Points over the whole promotion: `MAX_ALLOWED_POINTS_PER_PROMOTION`. */
  | 'MAX_ALLOWED_POINTS_PER_PROMOTION'
  /** Redemptions in a cart: `MAX_ALLOWED_TIMES_PER_CART`. */
  | 'MAX_ALLOWED_TIMES_PER_CART'
  /** Redemptions of a customer: `MAX_ALLOWED_TIMES_PER_CUSTOMER`. */
  | 'MAX_ALLOWED_TIMES_PER_CUSTOMER'
  /** Times a customer may earn the promotion: `MAX_NUMBER_OF_EARNS_PER_CUSTOMER`. */
  | 'MAX_NUMBER_OF_EARNS_PER_CUSTOMER'
  /** Times the promotion may be issued to a customer: `MAX_NUMBER_OF_ISSUALS_PER_CUSTOMER`. */
  | 'MAX_NUMBER_OF_ISSUALS_PER_CUSTOMER'
  /** Points an earn may give a customer: `MAX_POINTS_PER_EARN_PER_CUSTOMER`. */
  | 'MAX_POINTS_PER_EARN_PER_CUSTOMER'
  /** Points an issual may give a customer: `MAX_POINTS_PER_ISSUAL_PER_CUSTOMER`. */
  | 'MAX_POINTS_PER_ISSUAL_PER_CUSTOMER'
  /** Number of earns: `NUMBER_OF_EARNS`. */
  | 'NUMBER_OF_EARNS'
  /** Number of issuals: `NUMBER_OF_ISSUALS`. */
  | 'NUMBER_OF_ISSUALS'
  /** Number of points: `NUMBER_OF_POINTS`. */
  | 'NUMBER_OF_POINTS'
  /** Number of redemptions of an earn: `NUMBER_OF_REDEMPTIONS_PER_EARN`. */
  | 'NUMBER_OF_REDEMPTIONS_PER_EARN'
  /** Number of times: `NUMBER_OF_TIMES`. */
  | 'NUMBER_OF_TIMES'
  /** A value of REST `kpi` that this schema does not know. `kpiName` holds it. */
  | 'UNKNOWN';

/** Whether a restriction holds for a period: the values of REST `type`. */
export type RestrictionType =
  /** For as long as the promotion runs: `NON_PERIOD_BASED`. */
  | 'NON_PERIOD_BASED'
  /** For each period: `PERIOD_BASED`. */
  | 'PERIOD_BASED'
  /** A value of REST `type` that this schema does not know. The page's `warnings` name it. */
  | 'UNKNOWN';

type Limit_EarnRestriction_Fragment = { kpi: RestrictionKpi, maxLimit: string | null, limitOn: LimitOn | null, unlimited: boolean, remaining: string | null } & { ' $fragmentName'?: 'Limit_EarnRestriction_Fragment' };

type Limit_IssualRestriction_Fragment = { kpi: RestrictionKpi, maxLimit: string | null, limitOn: LimitOn | null, unlimited: boolean, remaining: string | null } & { ' $fragmentName'?: 'Limit_IssualRestriction_Fragment' };

type Limit_RedemptionRestriction_Fragment = { type: RestrictionType | null, periodUnit: string | null, kpi: RestrictionKpi, maxLimit: string | null, limitOn: LimitOn | null, unlimited: boolean, remaining: string | null } & { ' $fragmentName'?: 'Limit_RedemptionRestriction_Fragment' };

export type LimitFragment =
  | Limit_EarnRestriction_Fragment
  | Limit_IssualRestriction_Fragment
  | Limit_RedemptionRestriction_Fragment
;

export type OfferFragment = { promotionId: string, name: string | null, description: string | null, startDate: string | null, endDate: string | null, pointsOfferType: PointsOfferType | null, customerUsage: { currentPointsPerCustomer: string | null } | null, restrictions: { redemption: Array<{ ' $fragmentRefs'?: { 'Limit_RedemptionRestriction_Fragment': Limit_RedemptionRestriction_Fragment } }>, earn: Array<{ ' $fragmentRefs'?: { 'Limit_EarnRestriction_Fragment': Limit_EarnRestriction_Fragment } }>, issual: Array<{ ' $fragmentRefs'?: { 'Limit_IssualRestriction_Fragment': Limit_IssualRestriction_Fragment } }> }, enrolments: Array<{ id: string, enrolledAt: string | null }> } & { ' $fragmentName'?: 'OfferFragment' };

export type MemberOffersQueryVariables = Exact<{
  identifier: CustomerIdentifierInput;
  dataScope?: DataScopeInput | null | undefined;
  status?: PromotionStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type MemberOffersQuery = { customer: { id: string, promotionConnection: { totalCount: number, edges: Array<{ cursor: string, node: (
          { id: string }
          & { ' $fragmentRefs'?: { 'OfferFragment': OfferFragment } }
        ) }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, warnings: Array<{ promotionId: string | null, field: string | null }> } | null } | null };

export const LimitFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Limit"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Restriction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kpi"}},{"kind":"Field","name":{"kind":"Name","value":"maxLimit"}},{"kind":"Field","name":{"kind":"Name","value":"limitOn"}},{"kind":"Field","name":{"kind":"Name","value":"unlimited"}},{"kind":"Field","name":{"kind":"Name","value":"remaining"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RedemptionRestriction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"periodUnit"}}]}}]}}]} as unknown as DocumentNode<LimitFragment, unknown>;
export const OfferFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Offer"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Promotion"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"promotionId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"startDate"}},{"kind":"Field","name":{"kind":"Name","value":"endDate"}},{"kind":"Field","name":{"kind":"Name","value":"pointsOfferType"}},{"kind":"Field","name":{"kind":"Name","value":"customerUsage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currentPointsPerCustomer"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restrictions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"redemption"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Limit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"earn"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Limit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"issual"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Limit"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"enrolments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"enrolledAt"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Limit"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Restriction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kpi"}},{"kind":"Field","name":{"kind":"Name","value":"maxLimit"}},{"kind":"Field","name":{"kind":"Name","value":"limitOn"}},{"kind":"Field","name":{"kind":"Name","value":"unlimited"}},{"kind":"Field","name":{"kind":"Name","value":"remaining"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RedemptionRestriction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"periodUnit"}}]}}]}}]} as unknown as DocumentNode<OfferFragment, unknown>;
export const MemberOffersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"MemberOffers"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"identifier"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CustomerIdentifierInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"dataScope"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DataScopeInput"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"status"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"PromotionStatus"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"customer"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"identifier"},"value":{"kind":"Variable","name":{"kind":"Name","value":"identifier"}}},{"kind":"Argument","name":{"kind":"Name","value":"source"},"value":{"kind":"EnumValue","value":"ALL"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"promotionConnection"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"dataScope"},"value":{"kind":"Variable","name":{"kind":"Name","value":"dataScope"}}},{"kind":"Argument","name":{"kind":"Name","value":"status"},"value":{"kind":"Variable","name":{"kind":"Name","value":"status"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Offer"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"promotionId"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Limit"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Restriction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kpi"}},{"kind":"Field","name":{"kind":"Name","value":"maxLimit"}},{"kind":"Field","name":{"kind":"Name","value":"limitOn"}},{"kind":"Field","name":{"kind":"Name","value":"unlimited"}},{"kind":"Field","name":{"kind":"Name","value":"remaining"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RedemptionRestriction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"periodUnit"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Offer"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Promotion"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"promotionId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"startDate"}},{"kind":"Field","name":{"kind":"Name","value":"endDate"}},{"kind":"Field","name":{"kind":"Name","value":"pointsOfferType"}},{"kind":"Field","name":{"kind":"Name","value":"customerUsage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currentPointsPerCustomer"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restrictions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"redemption"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Limit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"earn"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Limit"}}]}},{"kind":"Field","name":{"kind":"Name","value":"issual"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Limit"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"enrolments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"enrolledAt"}}]}}]}}]} as unknown as DocumentNode<MemberOffersQuery, MemberOffersQueryVariables>;