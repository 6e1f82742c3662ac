/** What is asked, of customers whose mobile numbers' first ten digits take the place of `MOBILE__` (`MOBILE` in a path). */
export type Workload = {
  readonly title: string;
  readonly query: string;
  /** The same as a bare REST call, where one call answers it. */
  readonly restPath: string | undefined;
};

const FEW = 'id name startDate endDate active';
const LIMIT = 'kpiName maxLimit currentCustomerUsage limitOn';
const ALL = `id name programId startDate endDate identifier description active eventName orgId pointsOfferType
  limits { maxPointsPerEvent pointsPerCustomer numberOfTimesPerCustomer totalPointsInPromotion }
  customerUsage { currentPointsPerCustomer currentNumberOfTimesPerCustomer currentTotalPointsInPromotion }
  restrictions { issual { ${LIMIT} } earn { ${LIMIT} } redemption { ${LIMIT} type } }`;

const customer = (alias: string, limit: number, fields: string, mobile = 'MOBILE__33') =>
  `${alias}customer(identifier: { name: MOBILE, value: "${mobile}" }, source: INSTORE) { promotions(limit: ${limit}) { items { ${fields} } } }`;
const restPath = (limit: number) =>
  `/v2.1/customers/lookup/promotionData?identifierName=mobile&identifierValue=MOBILE33&source=INSTORE&limit=${limit}&offset=0`;
const twenty = Array.from({ length: 20 }, (_, index) => index);

export const WORKLOADS: readonly Workload[] = [
  { title: '10 promotions, 5 fields', query: `{ ${customer('', 10, FEW)} }`, restPath: restPath(10) },
  { title: '10 promotions, all fields', query: `{ ${customer('', 10, ALL)} }`, restPath: restPath(10) },
  { title: '100 promotions, all fields', query: `{ ${customer('', 100, ALL)} }`, restPath: restPath(100) },
  {
    title: '20 aliases of one customer',
    query: `{ ${twenty.map((index) => customer(`a${index}: `, 10, FEW)).join(' ')} }`,
    restPath: undefined,
  },
  {
    title: '20 customers',
    query: `{ ${twenty.map((index) => customer(`a${index}: `, 10, FEW, `MOBILE__${String(index).padStart(2, '0')}`)).join(' ')} }`,
    restPath: undefined,
  },
];
