/** The benchmark's operations. Each run requests other customers. */
export type Workload = {
  readonly title: string;
  readonly query: string;
  /** The variables, with a mobile number for each requested customer. */
  readonly variables: (customerOf: (index: number) => string) => Record<string, string>;
  /** The same as a bare REST call, if one call is enough. */
  readonly restPath: ((mobile: string) => string) | undefined;
};

const FEW = 'promotionId name startDate endDate active';
const LIMIT = 'kpiName maxLimit currentCustomerUsage limitOn';
const ALL = `promotionId name programId startDate endDate identifier description active eventName orgId pointsOfferType
  limits { maxPointsPerEvent pointsPerCustomer numberOfTimesPerCustomer totalPointsInPromotion }
  customerUsage { currentPointsPerCustomer currentNumberOfTimesPerCustomer currentTotalPointsInPromotion }
  restrictions { issual { ${LIMIT} } earn { ${LIMIT} } redemption { ${LIMIT} type } }`;

const customer = (alias: string, variable: string, limit: number, fields: string) =>
  `${alias}customer(identifier: { name: MOBILE, value: $${variable} }, source: INSTORE) { promotions(limit: ${limit}) { items { ${fields} } } }`;
const restPath = (limit: number) => (mobile: string) =>
  `/v2.1/customers/lookup/promotionData?identifierName=mobile&identifierValue=${mobile}&source=INSTORE&limit=${limit}&offset=0`;
const twenty = Array.from({ length: 20 }, (_, index) => index);

function single(title: string, limit: number, fields: string): Workload {
  return {
    title,
    query: `query ($mobile: String!) { ${customer('', 'mobile', limit, fields)} }`,
    variables: (customerOf) => ({ mobile: customerOf(0) }),
    restPath: restPath(limit),
  };
}

export const WORKLOADS: readonly Workload[] = [
  single('10 promotions, 5 fields', 10, FEW),
  single('10 promotions, all fields', 10, ALL),
  single('100 promotions, all fields', 100, ALL),
  {
    title: '20 aliases of one customer',
    query: `query ($mobile: String!) { ${twenty.map((index) => customer(`a${index}: `, 'mobile', 10, FEW)).join(' ')} }`,
    variables: (customerOf) => ({ mobile: customerOf(0) }),
    restPath: undefined,
  },
  {
    title: '20 customers',
    query: `query (${twenty.map((index) => `$m${index}: String!`).join(' ')}) { ${twenty.map((index) => customer(`a${index}: `, `m${index}`, 10, FEW)).join(' ')} }`,
    variables: (customerOf) => Object.fromEntries(twenty.map((index) => [`m${index}`, customerOf(index)])),
    restPath: undefined,
  },
];
