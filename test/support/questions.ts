import { customer, type GraphQLResult, type QueryOptions, type TestGateway } from './gateway.ts';

let lastMobile = 917_000_000_000;

/** The mobile number of a customer that no other test of the file requests. */
export function someone(): string {
  return String(++lastMobile);
}

/** Queries the id of one customer, by default of a fresh one. */
export function askOne(gateway: TestGateway, mobile = someone(), options?: QueryOptions): Promise<GraphQLResult> {
  return gateway.query(`{ ${customer('customerId', mobile)} }`, options);
}

/** Queries the ids of this many fresh customers at once, each in a separate operation. */
export function askEach(gateway: TestGateway, count: number, options?: QueryOptions): Promise<GraphQLResult[]> {
  return Promise.all(Array.from({ length: count }, () => askOne(gateway, someone(), options)));
}

/** Queries the ids of this many fresh customers in one operation. */
export function askTogether(gateway: TestGateway, count: number, options?: QueryOptions): Promise<GraphQLResult> {
  const identifiers = Array.from({ length: count }, () => `{ name: MOBILE, value: "${someone()}" }`).join(' ');
  return gateway.query(`{ customers(source: INSTORE, identifiers: [${identifiers}]) { customerId } }`, options);
}

/** The data of a response that has no errors. @throws Error with the errors otherwise */
export function dataOf({ data, errors }: Pick<GraphQLResult, 'data' | 'errors'>): GraphQLResult['data'] {
  if (errors !== undefined) throw new Error(`The response has errors: ${JSON.stringify(errors)}`);
  return data;
}

/** The codes of a response's errors; empty if it has none. */
export function codesOf({ errors }: Pick<GraphQLResult, 'errors'>): unknown[] {
  return (errors ?? []).map(({ extensions }) => extensions.code);
}

/** The extensions of a response's first error, undefined if it has none. */
export function firstError({ errors }: GraphQLResult): Record<string, unknown> | undefined {
  return errors?.[0]?.extensions;
}

/** The code of a response's first error, or OK. */
export function outcomeOf(answer: GraphQLResult): unknown {
  return firstError(answer)?.code ?? 'OK';
}

/** The ids of the promotions in a response. */
export function idsOf(answer: GraphQLResult): string[] {
  return dataOf(answer).customer.promotions.items.map(({ promotionId }: { promotionId: string }) => promotionId);
}

/** The cache extensions of a response; `age` is in seconds. */
export function cacheOf({ extensions }: GraphQLResult): {
  readonly state: string;
  readonly age: number;
  readonly wholeResponse: boolean;
} {
  return extensions.cache;
}
