import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { AuthorisedCustomer } from '../promotions/access.ts';
import type { PromotionPage as PromotionPageModel, PageDetails as PageDetailsModel } from '../promotions/promotionPage.ts';
import type { PromotionConnection as PromotionConnectionModel, PromotionEdge as PromotionEdgeModel, PageInfo as PageInfoModel } from '../promotions/connection.ts';
import type { Warning as WarningModel } from '../model/page.ts';
import type { Promotion as PromotionModel, PromotionMetadata as PromotionMetadataModel, PromotionLimits as PromotionLimitsModel, PromotionUsage as PromotionUsageModel, PromotionRestrictions as PromotionRestrictionsModel, Restriction as RestrictionModel, RedemptionRestriction as RedemptionRestrictionModel, PromotionEnrolment as PromotionEnrolmentModel, PromotionIssual as PromotionIssualModel } from '../model/promotion.ts';
import type { GatewayContext } from './resolverContext.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /**
   * An instant as RFC 3339 in UTC with milliseconds, such as "2024-08-30T00:00:00.000Z".
   * Upstream writes ISO 8601, sometimes with an offset, which is converted; without one, it is read as UTC. So the day of an instant depends on
   * the time zone: show it in the brand's. A date that cannot be read is null, and the page's `warnings` name it.
   */
  DateTime: { input: string; output: string; }
  /**
   * An exact decimal number as a string, exactly as upstream wrote it: "50.000" keeps its zeros, and nothing is rounded. An exponent is
   * written out: 1.50e1 is "15.0".
   */
  Decimal: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

/**
 * A customer of the loyalty programme, as looked up by an identifier in a source. Other subgraphs refer to a customer by `identifier`
 * and `source`, and extend one by `customerId`. `id`, `identifier` and `source` do not say whether the customer exists.
 */
export type Customer = {
  __typename?: 'Customer';
  /**
   * Capillary's id of the customer: REST `customerId`. Every list's response contains it, so it costs no extra upstream call if a list
   * is also selected.
   */
  customerId: Scalars['ID']['output'];
  /**
   * An opaque id of this customer as it was looked up, for client caches. It costs no upstream call. It stays the same only if the
   * gateway has a `CACHE_SECRET`: without one, each process makes its own.
   */
  id: Scalars['ID']['output'];
  /** The identifier that this customer was looked up by: REST `identifierName` and `identifierValue`. It costs no upstream call. */
  identifier: CustomerIdentifier;
  /**
   * The customer's promotions as a Relay connection. A cursor encodes a REST `offset`.
   * Null with an error if it cannot be read, such as FORBIDDEN for a data scope. The other fields are not affected.
   */
  promotionConnection?: Maybe<PromotionConnection>;
  /**
   * A page of the customer's promotions, by `limit` and `offset`: REST `promotions`, `pageDetails` and `warnings`.
   * Null with an error if it cannot be read, such as FORBIDDEN for a data scope. The other fields are not affected.
   */
  promotions?: Maybe<PromotionPage>;
  /** The source that this customer was looked up in, a `Source` value: REST `source`. It costs no upstream call. */
  source: Scalars['String']['output'];
};


/**
 * A customer of the loyalty programme, as looked up by an identifier in a source. Other subgraphs refer to a customer by `identifier`
 * and `source`, and extend one by `customerId`. `id`, `identifier` and `source` do not say whether the customer exists.
 */
export type CustomerPromotionConnectionArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  dataScope?: InputMaybe<DataScopeInput>;
  first?: InputMaybe<Scalars['Int']['input']>;
  includeAlternateCurrencyUsage?: InputMaybe<Scalars['Boolean']['input']>;
  status?: InputMaybe<PromotionStatus>;
};


/**
 * A customer of the loyalty programme, as looked up by an identifier in a source. Other subgraphs refer to a customer by `identifier`
 * and `source`, and extend one by `customerId`. `id`, `identifier` and `source` do not say whether the customer exists.
 */
export type CustomerPromotionsArgs = {
  dataScope?: InputMaybe<DataScopeInput>;
  includeAlternateCurrencyUsage?: InputMaybe<Scalars['Boolean']['input']>;
  limit?: InputMaybe<Scalars['Int']['input']>;
  offset?: InputMaybe<Scalars['Int']['input']>;
  status?: InputMaybe<PromotionStatus>;
};

/** The identifier that a customer was looked up by, as strings, so that other subgraphs need not repeat the enums. */
export type CustomerIdentifier = {
  __typename?: 'CustomerIdentifier';
  /** An `IdentifierName` value: REST `identifierName`. */
  name: Scalars['String']['output'];
  /** The value as the client wrote it: REST `identifierValue`. */
  value: Scalars['String']['output'];
};

/** An identifier of a customer. */
export type CustomerIdentifierInput = {
  /** The kind of identifier: REST `identifierName`. */
  name: IdentifierName;
  /**
   * The identifier: REST `identifierValue`, such as "+91 740-640-0033" or "A@x.com". Leading zeros are significant.
   * At most 254 characters.
   */
  value: Scalars['String']['input'];
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
  orgIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** REST header `DATA-SCOPE`. */
  scope: DataScope;
};

/** A limit on earning the promotion: a member of REST `earnRestrictions`. */
export type EarnRestriction = Restriction & {
  __typename?: 'EarnRestriction';
  /** How much the customer has used: REST `currentCustomerUsage`. Upstream usually sends none if `limitOn` is EVENT. */
  currentCustomerUsage?: Maybe<Scalars['Decimal']['output']>;
  /** What is counted: REST `kpi`. UNKNOWN if upstream names none, or one that this schema does not know. */
  kpi: RestrictionKpi;
  /** The KPI as upstream wrote it: REST `kpi`. Empty if upstream names none. */
  kpiName: Scalars['String']['output'];
  /** What the limit is counted on: REST `limitOn`. */
  limitOn?: Maybe<LimitOn>;
  /** The maximum: REST `maxLimit`. "-1" means that there is no limit. */
  maxLimit?: Maybe<Scalars['Decimal']['output']>;
  /**
   * How much is left: REST `maxLimit` minus `currentCustomerUsage`, exact. If `limitOn` is CUSTOMER, this customer has it left. If it is
   * PROMOTION, at most this is left: all customers share the limit, and the usage is this customer's. Null if there is no limit, or if
   * upstream sends no usage, as usual if `limitOn` is EVENT: then each event may have `maxLimit`. Below 0 if more has been used.
   */
  remaining?: Maybe<Scalars['Decimal']['output']>;
  /** Whether there is no limit: REST `maxLimit` is -1. */
  unlimited: Scalars['Boolean']['output'];
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

/** A limit on issuing the promotion to the customer: a member of REST `issualRestrictions`. */
export type IssualRestriction = Restriction & {
  __typename?: 'IssualRestriction';
  /** How much the customer has used: REST `currentCustomerUsage`. Upstream usually sends none if `limitOn` is EVENT. */
  currentCustomerUsage?: Maybe<Scalars['Decimal']['output']>;
  /** What is counted: REST `kpi`. UNKNOWN if upstream names none, or one that this schema does not know. */
  kpi: RestrictionKpi;
  /** The KPI as upstream wrote it: REST `kpi`. Empty if upstream names none. */
  kpiName: Scalars['String']['output'];
  /** What the limit is counted on: REST `limitOn`. */
  limitOn?: Maybe<LimitOn>;
  /** The maximum: REST `maxLimit`. "-1" means that there is no limit. */
  maxLimit?: Maybe<Scalars['Decimal']['output']>;
  /**
   * How much is left: REST `maxLimit` minus `currentCustomerUsage`, exact. If `limitOn` is CUSTOMER, this customer has it left. If it is
   * PROMOTION, at most this is left: all customers share the limit, and the usage is this customer's. Null if there is no limit, or if
   * upstream sends no usage, as usual if `limitOn` is EVENT: then each event may have `maxLimit`. Below 0 if more has been used.
   */
  remaining?: Maybe<Scalars['Decimal']['output']>;
  /** Whether there is no limit: REST `maxLimit` is -1. */
  unlimited: Scalars['Boolean']['output'];
};

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

/** The position of a page in its list: REST `pageDetails`. */
export type PageDetails = {
  __typename?: 'PageDetails';
  /** Whether there are promotions after this page: `offset` plus `limit` is less than REST `pageDetails.totalEntries`. If that cannot be read, true for a page of which promotions were read. */
  hasNextPage: Scalars['Boolean']['output'];
  /** How many pages the list has: REST `pageDetails.pageCount`. */
  pageCount: Scalars['Int']['output'];
  /** The page's number, counted from 0: REST `pageDetails.pageNumber`. */
  pageNumber: Scalars['Int']['output'];
  /** How many promotions a page has: REST `pageDetails.pageSize`. */
  pageSize: Scalars['Int']['output'];
  /** How many promotions the list has: REST `pageDetails.totalEntries`. If that cannot be read, how many this page knows of. */
  totalEntries: Scalars['Int']['output'];
};

/** Relay's page information, from REST `pageDetails`. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /**
   * The cursor of the last entry that upstream counts in the page (its position in REST `promotions`), even if that one could not be read
   * or was not sent. Null if there is none.
   */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether there are promotions after this page: from REST `offset`, `limit` and `pageDetails.totalEntries`. If that cannot be read, true for a page of which promotions were read. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether there are promotions before this page: REST `offset` is greater than 0. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /**
   * The cursor of the first entry that upstream counts in the page (its position in REST `promotions`), even if that one could not be read
   * or was not sent. Null if there is none.
   */
  startCursor?: Maybe<Scalars['String']['output']>;
};

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

/** A loyalty promotion with its terms, and what one customer has used of it: a member of REST `promotions`. */
export type Promotion = {
  __typename?: 'Promotion';
  /** Whether the promotion is active: REST `active`. */
  active?: Maybe<Scalars['Boolean']['output']>;
  /** What the promotion has given so far: REST `customerUsage`. */
  customerUsage?: Maybe<PromotionUsage>;
  /** What the promotion offers, in a sentence or two: REST `description`. */
  description?: Maybe<Scalars['String']['output']>;
  /** When the promotion ends: REST `endDate`. */
  endDate?: Maybe<Scalars['DateTime']['output']>;
  /** The customer's enrolments in the promotion, empty if there are none: REST `customerPromotionTimelines`. */
  enrolments: Array<PromotionEnrolment>;
  /** The event that triggers the promotion, such as TransactionAdd: REST `eventName`. */
  eventName?: Maybe<Scalars['String']['output']>;
  /**
   * An opaque id of this promotion for this customer, in this source and data scope, with or without alternate currencies.
   * It is stable, and different for every customer, so client caches can store promotions by it.
   */
  id: Scalars['ID']['output'];
  /** Another name of the promotion, usually a UUID and sometimes a word: REST `identifier`. */
  identifier?: Maybe<Scalars['String']['output']>;
  /** The limits of what the promotion gives: REST `limits`. */
  limits?: Maybe<PromotionLimits>;
  /** Key and value pairs of the promotion, empty if upstream sends none: REST `promotionMetadata`. */
  metadata: Array<PromotionMetadata>;
  /** The display name: REST `promotionName`. */
  name?: Maybe<Scalars['String']['output']>;
  /** The id of the organisation that the promotion belongs to: REST `orgId`, or `orgID`. */
  orgId?: Maybe<Scalars['ID']['output']>;
  /** How the promotion reaches the customer: REST `pointsOfferType`. */
  pointsOfferType?: Maybe<PointsOfferType>;
  /** The id of the promotion's loyalty programme: REST `programId`. */
  programId?: Maybe<Scalars['ID']['output']>;
  /** The promotion's id, the same for every customer: REST `promotionId`. Other subgraphs refer to promotions by it. */
  promotionId: Scalars['ID']['output'];
  /** How often the promotion may be issued, earned and redeemed: REST `promotionRestriction`. */
  restrictions: PromotionRestrictions;
  /** When the promotion starts: REST `startDate`. */
  startDate?: Maybe<Scalars['DateTime']['output']>;
};

/** A customer's promotions as a Relay connection. */
export type PromotionConnection = {
  __typename?: 'PromotionConnection';
  /** The promotions, each with its cursor: REST `promotions`. */
  edges: Array<PromotionEdge>;
  /** The promotions without cursors: REST `promotions`. */
  nodes: Array<Promotion>;
  /** Whether there are more promotions, and the cursors to request them with: from REST `pageDetails`. */
  pageInfo: PageInfo;
  /** How many promotions the list has: REST `pageDetails.totalEntries`. If that cannot be read, how many this page knows of. */
  totalCount: Scalars['Int']['output'];
  /**
   * Upstream's warnings (REST `warnings`), and a warning for each value in this page that the gateway replaced or dropped. For each
   * call of upstream's, the first 100 are named, and one warning counts the others.
   */
  warnings: Array<Warning>;
};

/** A promotion in a connection. */
export type PromotionEdge = {
  __typename?: 'PromotionEdge';
  /** An opaque cursor. Pass it as `after` to get the promotions after this one (its position in REST `promotions`). */
  cursor: Scalars['String']['output'];
  /** The promotion: a member of REST `promotions`. */
  node: Promotion;
};

/** A customer's enrolment in a promotion: a member of REST `customerPromotionTimelines`. */
export type PromotionEnrolment = {
  __typename?: 'PromotionEnrolment';
  /** When the customer enrolled: REST `customerPromotionTimelines[].enrollmentDate`. */
  enrolledAt?: Maybe<Scalars['DateTime']['output']>;
  /** Upstream's id of the event that enrolled the customer: REST `customerPromotionTimelines[].enrollEventLogId`. */
  eventLogId?: Maybe<Scalars['ID']['output']>;
  /** When the enrolment expires: REST `customerPromotionTimelines[].enrollmentExpiryDate`. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Upstream's id of the enrolment: REST `customerPromotionTimelines[].enrollmentId`. */
  id: Scalars['ID']['output'];
  /** What was issued to the customer: REST `customerPromotionTimelines[].issuedDetails`. */
  issuals: Array<PromotionIssual>;
};

/** A promotion issued to a customer: a member of REST `issuedDetails`. */
export type PromotionIssual = {
  __typename?: 'PromotionIssual';
  /** Upstream's id of the event that issued it: REST `issuedDetails[].issualEventLogId`. */
  eventLogId?: Maybe<Scalars['ID']['output']>;
  /** When the issual expires: REST `issuedDetails[].issualExpiryDate`. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Upstream's id of the issual: REST `issuedDetails[].issualId`. */
  id: Scalars['ID']['output'];
  /** When the promotion was issued: REST `issuedDetails[].issualDate`. */
  issuedAt?: Maybe<Scalars['DateTime']['output']>;
  /** How often the issual has been redeemed: REST `issuedDetails[].redeemedCount`. */
  redeemedCount?: Maybe<Scalars['Int']['output']>;
};

/** Limits of what a promotion gives: REST `limits`. */
export type PromotionLimits = {
  __typename?: 'PromotionLimits';
  /** The maximum number of points that an event may give: REST `limits.maxPointsPerEvent`. */
  maxPointsPerEvent?: Maybe<Scalars['Decimal']['output']>;
  /** How many activities of a customer may give points: REST `limits.numberOFTimesPerCustomer`, or `numberOfTimesPerCustomer`. */
  numberOfTimesPerCustomer?: Maybe<Scalars['Int']['output']>;
  /** The maximum number of points that a customer may earn: REST `limits.pointsPerCustomer`. */
  pointsPerCustomer?: Maybe<Scalars['Decimal']['output']>;
  /** The maximum number of points for all customers together: REST `limits.totalPointsInPromotion`. */
  totalPointsInPromotion?: Maybe<Scalars['Decimal']['output']>;
};

/** A key and its value: a member of REST `promotionMetadata`. */
export type PromotionMetadata = {
  __typename?: 'PromotionMetadata';
  /** Whether the brand defined the key: REST `promotionMetadata[].brandDefined`. */
  brandDefined?: Maybe<Scalars['Boolean']['output']>;
  /** The name of the value: REST `promotionMetadata[].key`. */
  key: Scalars['String']['output'];
  /** The value: REST `promotionMetadata[].value`. */
  value?: Maybe<Scalars['String']['output']>;
};

/** A page of a customer's promotions. */
export type PromotionPage = {
  __typename?: 'PromotionPage';
  /** The promotions of this page: REST `promotions`. */
  items: Array<Promotion>;
  /** The position of this page in the list: REST `pageDetails`. */
  pageDetails: PageDetails;
  /**
   * Upstream's warnings (REST `warnings`), and a warning for each value in this page that the gateway replaced or dropped. For each
   * call of upstream's, the first 100 are named, and one warning counts the others.
   */
  warnings: Array<Warning>;
};

/** How often a promotion may be issued, earned and redeemed: REST `promotionRestriction`. Each list is empty if there is no limit of its kind. */
export type PromotionRestrictions = {
  __typename?: 'PromotionRestrictions';
  /** Limits on earning the promotion: REST `promotionRestriction.earnRestrictions`. */
  earn: Array<EarnRestriction>;
  /** Limits on issuing the promotion to the customer: REST `promotionRestriction.issualRestrictions`. */
  issual: Array<IssualRestriction>;
  /** Limits on redeeming the promotion: REST `promotionRestriction.redemptionRestrictions`. */
  redemption: Array<RedemptionRestriction>;
};

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

/** What a promotion has given so far: REST `customerUsage`. */
export type PromotionUsage = {
  __typename?: 'PromotionUsage';
  /** Activities that gave this customer points: REST `customerUsage.currentNumberOfTimesPerCustomer`. */
  currentNumberOfTimesPerCustomer?: Maybe<Scalars['Int']['output']>;
  /** Points this customer has earned: REST `customerUsage.currentPointsPerCustomer`. */
  currentPointsPerCustomer?: Maybe<Scalars['Decimal']['output']>;
  /** Points all customers have received: REST `customerUsage.currentTotalPointsInPromotion`. */
  currentTotalPointsInPromotion?: Maybe<Scalars['Decimal']['output']>;
};

/** Looks up customers. There is no list of all promotions: upstream lists only those of a customer. */
export type Query = {
  __typename?: 'Query';
  /**
   * One customer, looked up by an identifier. Null with an error if the lookup fails, such as CUSTOMER_NOT_FOUND.
   * A query for only `id`, `identifier` and `source` makes no upstream call, so it does not check whether the customer exists.
   */
  customer?: Maybe<Customer>;
  /**
   * Several customers, in the order of their identifiers. A customer whose lookup fails is null with an error. The others are not affected.
   * Upstream has no batch call: each different customer costs an upstream call for each list and each 100 promotions of it. An operation
   * may need at most 100 of them, unless `MAX_UPSTREAM_CALLS` is set.
   */
  customers: Array<Maybe<Customer>>;
};


/** Looks up customers. There is no list of all promotions: upstream lists only those of a customer. */
export type QueryCustomerArgs = {
  identifier: CustomerIdentifierInput;
  source: Source;
};


/** Looks up customers. There is no list of all promotions: upstream lists only those of a customer. */
export type QueryCustomersArgs = {
  identifiers: Array<CustomerIdentifierInput>;
  source: Source;
};

/** A limit on redeeming the promotion: a member of REST `redemptionRestrictions`. */
export type RedemptionRestriction = Restriction & {
  __typename?: 'RedemptionRestriction';
  /** How much the customer has used: REST `currentCustomerUsage`. Upstream usually sends none if `limitOn` is EVENT. */
  currentCustomerUsage?: Maybe<Scalars['Decimal']['output']>;
  /** What is counted: REST `kpi`. UNKNOWN if upstream names none, or one that this schema does not know. */
  kpi: RestrictionKpi;
  /** The KPI as upstream wrote it: REST `kpi`. Empty if upstream names none. */
  kpiName: Scalars['String']['output'];
  /** What the limit is counted on: REST `limitOn`. */
  limitOn?: Maybe<LimitOn>;
  /** The maximum: REST `maxLimit`. "-1" means that there is no limit. */
  maxLimit?: Maybe<Scalars['Decimal']['output']>;
  /** How the period moves, such as MOVING_WINDOW: REST `periodType`. Null without a period. */
  periodType?: Maybe<Scalars['String']['output']>;
  /** The length of the period, such as DAILY, WEEKLY or MONTHLY: REST `periodUnit`. Null without a period. */
  periodUnit?: Maybe<Scalars['String']['output']>;
  /**
   * How much is left: REST `maxLimit` minus `currentCustomerUsage`, exact. If `limitOn` is CUSTOMER, this customer has it left. If it is
   * PROMOTION, at most this is left: all customers share the limit, and the usage is this customer's. Null if there is no limit, or if
   * upstream sends no usage, as usual if `limitOn` is EVENT: then each event may have `maxLimit`. Below 0 if more has been used.
   */
  remaining?: Maybe<Scalars['Decimal']['output']>;
  /** Whether the limit holds for each period: REST `type`. */
  type?: Maybe<RestrictionType>;
  /** Whether there is no limit: REST `maxLimit` is -1. */
  unlimited: Scalars['Boolean']['output'];
};

/** A limit, and how much of it the customer has used: what all members of REST `promotionRestriction` share. */
export type Restriction = {
  /** How much the customer has used: REST `currentCustomerUsage`. Upstream usually sends none if `limitOn` is EVENT. */
  currentCustomerUsage?: Maybe<Scalars['Decimal']['output']>;
  /** What is counted: REST `kpi`. UNKNOWN if upstream names none, or one that this schema does not know. */
  kpi: RestrictionKpi;
  /** The KPI as upstream wrote it: REST `kpi`. Empty if upstream names none. */
  kpiName: Scalars['String']['output'];
  /** What the limit is counted on: REST `limitOn`. */
  limitOn?: Maybe<LimitOn>;
  /** The maximum: REST `maxLimit`. "-1" means that there is no limit. */
  maxLimit?: Maybe<Scalars['Decimal']['output']>;
  /**
   * How much is left: REST `maxLimit` minus `currentCustomerUsage`, exact. If `limitOn` is CUSTOMER, this customer has it left. If it is
   * PROMOTION, at most this is left: all customers share the limit, and the usage is this customer's. Null if there is no limit, or if
   * upstream sends no usage, as usual if `limitOn` is EVENT: then each event may have `maxLimit`. Below 0 if more has been used.
   */
  remaining?: Maybe<Scalars['Decimal']['output']>;
  /** Whether there is no limit: REST `maxLimit` is -1. */
  unlimited: Scalars['Boolean']['output'];
};

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

/** Where an identifier is registered: the values of REST `source`. */
export type Source =
  /** Any source: `ALL`. */
  | 'ALL'
  /** Other e-commerce: `ECOMMERCE`. */
  | 'ECOMMERCE'
  /** Facebook: `FACEBOOK`. */
  | 'FACEBOOK'
  /** In-store point of sale: `INSTORE`. */
  | 'INSTORE'
  /** JD.com: `JD`. */
  | 'JD'
  /** LINE: `LINE`. */
  | 'LINE'
  /** The MartJack commerce platform: `MARTJACK`. */
  | 'MARTJACK'
  /** Taobao: `TAOBAO`. */
  | 'TAOBAO'
  /** Tmall: `TMALL`. */
  | 'TMALL'
  /** The brand's own website: `WEBSITE`. */
  | 'WEBSITE'
  /** The WebEngage platform: `WEB_ENGAGE`. */
  | 'WEB_ENGAGE'
  /** WeChat: `WECHAT`. */
  | 'WECHAT';

/** A warning about a page: a member of REST `warnings`, or the gateway's own. */
export type Warning = {
  __typename?: 'Warning';
  /**
   * REST `warnings[].code`. The gateway's own codes are UNKNOWN_VALUE for a value that became UNKNOWN, INVALID_VALUE for
   * a value that could not be read, and MISSING_ENTRIES if upstream sent fewer promotions than it counts.
   */
  code?: Maybe<Scalars['String']['output']>;
  /**
   * The path of the value in its promotion, as upstream spells it, such as `endDate` or `promotionMetadata[].key`. For a warning about the
   * page, the path in REST, such as `pageDetails`. Null for upstream's own warnings, and for one that names no value: it counts others, or is about the whole text.
   */
  field?: Maybe<Scalars['String']['output']>;
  /** REST `warnings[].message`, or the member itself if it is text. The gateway's own messages name the field and the value. */
  message: Scalars['String']['output'];
  /** The promotion that the warning is about: REST `promotions[].promotionId`. Null for a warning about the page. */
  promotionId?: Maybe<Scalars['ID']['output']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Customer: Customer;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Customer:
    ( { __typename: 'Customer' }
    & GraphQLRecursivePick<FederationTypes['Customer'], {"identifier":{"name":true,"value":true},"source":true}> );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Restriction:
    | ( RestrictionModel )
    | ( RestrictionModel )
    | ( RedemptionRestrictionModel )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Customer: ResolverTypeWrapper<AuthorisedCustomer>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CustomerIdentifier: ResolverTypeWrapper<CustomerIdentifier>;
  CustomerIdentifierInput: CustomerIdentifierInput;
  DataScope: DataScope;
  DataScopeInput: DataScopeInput;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Decimal: ResolverTypeWrapper<Scalars['Decimal']['output']>;
  EarnRestriction: ResolverTypeWrapper<RestrictionModel>;
  IdentifierName: IdentifierName;
  IssualRestriction: ResolverTypeWrapper<RestrictionModel>;
  LimitOn: LimitOn;
  PageDetails: ResolverTypeWrapper<PageDetailsModel>;
  PageInfo: ResolverTypeWrapper<PageInfoModel>;
  PointsOfferType: PointsOfferType;
  Promotion: ResolverTypeWrapper<PromotionModel>;
  PromotionConnection: ResolverTypeWrapper<PromotionConnectionModel>;
  PromotionEdge: ResolverTypeWrapper<PromotionEdgeModel>;
  PromotionEnrolment: ResolverTypeWrapper<PromotionEnrolmentModel>;
  PromotionIssual: ResolverTypeWrapper<PromotionIssualModel>;
  PromotionLimits: ResolverTypeWrapper<PromotionLimitsModel>;
  PromotionMetadata: ResolverTypeWrapper<PromotionMetadataModel>;
  PromotionPage: ResolverTypeWrapper<PromotionPageModel>;
  PromotionRestrictions: ResolverTypeWrapper<PromotionRestrictionsModel>;
  PromotionStatus: PromotionStatus;
  PromotionUsage: ResolverTypeWrapper<PromotionUsageModel>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RedemptionRestriction: ResolverTypeWrapper<RedemptionRestrictionModel>;
  Restriction: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Restriction']>;
  RestrictionKpi: RestrictionKpi;
  RestrictionType: RestrictionType;
  Source: Source;
  Warning: ResolverTypeWrapper<WarningModel>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Customer: AuthorisedCustomer;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
  Boolean: Scalars['Boolean']['output'];
  CustomerIdentifier: CustomerIdentifier;
  CustomerIdentifierInput: CustomerIdentifierInput;
  DataScopeInput: DataScopeInput;
  DateTime: Scalars['DateTime']['output'];
  Decimal: Scalars['Decimal']['output'];
  EarnRestriction: RestrictionModel;
  IssualRestriction: RestrictionModel;
  PageDetails: PageDetailsModel;
  PageInfo: PageInfoModel;
  Promotion: PromotionModel;
  PromotionConnection: PromotionConnectionModel;
  PromotionEdge: PromotionEdgeModel;
  PromotionEnrolment: PromotionEnrolmentModel;
  PromotionIssual: PromotionIssualModel;
  PromotionLimits: PromotionLimitsModel;
  PromotionMetadata: PromotionMetadataModel;
  PromotionPage: PromotionPageModel;
  PromotionRestrictions: PromotionRestrictionsModel;
  PromotionUsage: PromotionUsageModel;
  Query: Record<PropertyKey, never>;
  RedemptionRestriction: RedemptionRestrictionModel;
  Restriction: ResolversInterfaceTypes<ResolversParentTypes>['Restriction'];
  Warning: WarningModel;
};

export type CustomerResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Customer'] = ResolversParentTypes['Customer'], FederationReferenceType extends FederationReferenceTypes['Customer'] = FederationReferenceTypes['Customer']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Customer']> | FederationReferenceType, FederationReferenceType, ContextType>;
  customerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  identifier?: Resolver<ResolversTypes['CustomerIdentifier'], ParentType, ContextType>;
  promotionConnection?: Resolver<Maybe<ResolversTypes['PromotionConnection']>, ParentType, ContextType, RequireFields<CustomerPromotionConnectionArgs, 'first' | 'includeAlternateCurrencyUsage'>>;
  promotions?: Resolver<Maybe<ResolversTypes['PromotionPage']>, ParentType, ContextType, RequireFields<CustomerPromotionsArgs, 'includeAlternateCurrencyUsage' | 'limit' | 'offset'>>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CustomerIdentifierResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['CustomerIdentifier'] = ResolversParentTypes['CustomerIdentifier']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface DecimalScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Decimal'], any> {
  name: 'Decimal';
}

export type EarnRestrictionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EarnRestriction'] = ResolversParentTypes['EarnRestriction']> = {
  currentCustomerUsage?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  kpi?: Resolver<ResolversTypes['RestrictionKpi'], ParentType, ContextType>;
  kpiName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  limitOn?: Resolver<Maybe<ResolversTypes['LimitOn']>, ParentType, ContextType>;
  maxLimit?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  remaining?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  unlimited?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IssualRestrictionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['IssualRestriction'] = ResolversParentTypes['IssualRestriction']> = {
  currentCustomerUsage?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  kpi?: Resolver<ResolversTypes['RestrictionKpi'], ParentType, ContextType>;
  kpiName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  limitOn?: Resolver<Maybe<ResolversTypes['LimitOn']>, ParentType, ContextType>;
  maxLimit?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  remaining?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  unlimited?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PageDetailsResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PageDetails'] = ResolversParentTypes['PageDetails']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  pageCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  pageNumber?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  pageSize?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  totalEntries?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PromotionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Promotion'] = ResolversParentTypes['Promotion']> = {
  active?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  customerUsage?: Resolver<Maybe<ResolversTypes['PromotionUsage']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endDate?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  enrolments?: Resolver<Array<ResolversTypes['PromotionEnrolment']>, ParentType, ContextType>;
  eventName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  identifier?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  limits?: Resolver<Maybe<ResolversTypes['PromotionLimits']>, ParentType, ContextType>;
  metadata?: Resolver<Array<ResolversTypes['PromotionMetadata']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  orgId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  pointsOfferType?: Resolver<Maybe<ResolversTypes['PointsOfferType']>, ParentType, ContextType>;
  programId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  promotionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  restrictions?: Resolver<ResolversTypes['PromotionRestrictions'], ParentType, ContextType>;
  startDate?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type PromotionConnectionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromotionConnection'] = ResolversParentTypes['PromotionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['PromotionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Promotion']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  warnings?: Resolver<Array<ResolversTypes['Warning']>, ParentType, ContextType>;
};

export type PromotionEdgeResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromotionEdge'] = ResolversParentTypes['PromotionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Promotion'], ParentType, ContextType>;
};

export type PromotionEnrolmentResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromotionEnrolment'] = ResolversParentTypes['PromotionEnrolment']> = {
  enrolledAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  eventLogId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  issuals?: Resolver<Array<ResolversTypes['PromotionIssual']>, ParentType, ContextType>;
};

export type PromotionIssualResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromotionIssual'] = ResolversParentTypes['PromotionIssual']> = {
  eventLogId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  issuedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  redeemedCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type PromotionLimitsResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromotionLimits'] = ResolversParentTypes['PromotionLimits']> = {
  maxPointsPerEvent?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  numberOfTimesPerCustomer?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  pointsPerCustomer?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  totalPointsInPromotion?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
};

export type PromotionMetadataResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromotionMetadata'] = ResolversParentTypes['PromotionMetadata']> = {
  brandDefined?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PromotionPageResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromotionPage'] = ResolversParentTypes['PromotionPage']> = {
  items?: Resolver<Array<ResolversTypes['Promotion']>, ParentType, ContextType>;
  pageDetails?: Resolver<ResolversTypes['PageDetails'], ParentType, ContextType>;
  warnings?: Resolver<Array<ResolversTypes['Warning']>, ParentType, ContextType>;
};

export type PromotionRestrictionsResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromotionRestrictions'] = ResolversParentTypes['PromotionRestrictions']> = {
  earn?: Resolver<Array<ResolversTypes['EarnRestriction']>, ParentType, ContextType>;
  issual?: Resolver<Array<ResolversTypes['IssualRestriction']>, ParentType, ContextType>;
  redemption?: Resolver<Array<ResolversTypes['RedemptionRestriction']>, ParentType, ContextType>;
};

export type PromotionUsageResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromotionUsage'] = ResolversParentTypes['PromotionUsage']> = {
  currentNumberOfTimesPerCustomer?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  currentPointsPerCustomer?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  currentTotalPointsInPromotion?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType, RequireFields<QueryCustomerArgs, 'identifier' | 'source'>>;
  customers?: Resolver<Array<Maybe<ResolversTypes['Customer']>>, ParentType, ContextType, RequireFields<QueryCustomersArgs, 'identifiers' | 'source'>>;
};

export type RedemptionRestrictionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['RedemptionRestriction'] = ResolversParentTypes['RedemptionRestriction']> = {
  currentCustomerUsage?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  kpi?: Resolver<ResolversTypes['RestrictionKpi'], ParentType, ContextType>;
  kpiName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  limitOn?: Resolver<Maybe<ResolversTypes['LimitOn']>, ParentType, ContextType>;
  maxLimit?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  periodType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  periodUnit?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  remaining?: Resolver<Maybe<ResolversTypes['Decimal']>, ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['RestrictionType']>, ParentType, ContextType>;
  unlimited?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RestrictionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Restriction'] = ResolversParentTypes['Restriction']> = {
  __resolveType: TypeResolveFn<'EarnRestriction' | 'IssualRestriction' | 'RedemptionRestriction', ParentType, ContextType>;
};

export type WarningResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Warning'] = ResolversParentTypes['Warning']> = {
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  field?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  promotionId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = GatewayContext> = {
  Customer?: CustomerResolvers<ContextType>;
  CustomerIdentifier?: CustomerIdentifierResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Decimal?: GraphQLScalarType;
  EarnRestriction?: EarnRestrictionResolvers<ContextType>;
  IssualRestriction?: IssualRestrictionResolvers<ContextType>;
  PageDetails?: PageDetailsResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Promotion?: PromotionResolvers<ContextType>;
  PromotionConnection?: PromotionConnectionResolvers<ContextType>;
  PromotionEdge?: PromotionEdgeResolvers<ContextType>;
  PromotionEnrolment?: PromotionEnrolmentResolvers<ContextType>;
  PromotionIssual?: PromotionIssualResolvers<ContextType>;
  PromotionLimits?: PromotionLimitsResolvers<ContextType>;
  PromotionMetadata?: PromotionMetadataResolvers<ContextType>;
  PromotionPage?: PromotionPageResolvers<ContextType>;
  PromotionRestrictions?: PromotionRestrictionsResolvers<ContextType>;
  PromotionUsage?: PromotionUsageResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RedemptionRestriction?: RedemptionRestrictionResolvers<ContextType>;
  Restriction?: RestrictionResolvers<ContextType>;
  Warning?: WarningResolvers<ContextType>;
};

