import { customer, type GraphQLAnswer, type QueryOptions, type TestGateway } from './gateway.ts';

let lastMobile = 917_000_000_000;

/** The mobile number of a customer whom no other test of the file asks for. */
export function someone(): string {
  return String(++lastMobile);
}

/** Asks for the id of one customer, of a fresh one by default. */
export function askOne(gateway: TestGateway, mobile = someone(), options?: QueryOptions): Promise<GraphQLAnswer> {
  return gateway.query(`{ ${customer('id', mobile)} }`, options);
}

/** Asks for the id of so many fresh customers, each in an operation of its own, all at once. */
export function askEach(gateway: TestGateway, count: number, options?: QueryOptions): Promise<GraphQLAnswer[]> {
  return Promise.all(Array.from({ length: count }, () => askOne(gateway, someone(), options)));
}

/** Asks for the ids of so many fresh customers in one operation. */
export function askTogether(gateway: TestGateway, count: number, options?: QueryOptions): Promise<GraphQLAnswer> {
  const identifiers = Array.from({ length: count }, () => `{ name: MOBILE, value: "${someone()}" }`).join(' ');
  return gateway.query(`{ customers(source: INSTORE, identifiers: [${identifiers}]) { id } }`, options);
}

/** The codes of an answer's errors; empty if it has none. */
export function codesOf({ errors }: Pick<GraphQLAnswer, 'errors'>): unknown[] {
  return (errors ?? []).map(({ extensions }) => extensions.code);
}

/** The extensions of an answer's first error, undefined if it has none. */
export function firstError({ errors }: GraphQLAnswer): Record<string, unknown> | undefined {
  return errors?.[0]?.extensions;
}

/** The code of an answer's first error, or OK. */
export function outcomeOf(answer: GraphQLAnswer): unknown {
  return firstError(answer)?.code ?? 'OK';
}
