import type { Fault } from './figures.ts';
import { pick, type Random } from './random.ts';
import { type Asker, CUSTOMERS, customerIdOf, listOf, type Truth, versionIn } from './truth.ts';

export type Answer = {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { code?: unknown } }[];
};

/** One request of the load. */
export type SoakOperation = {
  readonly headers: Record<string, string>;
  readonly body: { readonly query: string; readonly variables?: Record<string, unknown> };
  /** Call it just before the request is sent: it gives the check of its response, undefined if that is right or has an error code. */
  judge(): (answer: Answer) => Fault | undefined;
};

type Expectation = {
  readonly field: string;
  readonly asker: Asker;
  readonly offset: number;
  readonly limit: number;
};

/** Few callers, so that identical calls meet in flight and mixing them up would show. */
const CALLERS = Array.from({ length: 4 }, (_, i) => `Basic ${Buffer.from(`till${i}:0123`).toString('base64')}`);
const DATA_SCOPES: readonly Record<string, string>[] = [
  {},
  { 'data-scope': 'SELF' },
  { 'data-scope': 'ALL' },
  { 'data-scope': 'OTHER', 'data-scope-org': '1' },
  { 'data-scope': 'OTHER', 'data-scope-org': '2' },
];
const MISTAKES = [
  '{ nothing }',
  '{ customer(',
  '{ ...A } fragment A on Query { ...A }',
  '{ customer(source: ALL) { customerId } }',
];

const LIST = `customerId promotions(limit: $limit, offset: $offset) { items { promotionId name } pageDetails { totalEntries } }`;
const QUERIES = {
  customer: `query Customer($a: CustomerIdentifierInput!, $limit: Int!, $offset: Int!) {
    customer(identifier: $a, source: INSTORE) { ${LIST} } }`,
  aliases: `query Aliases($a: CustomerIdentifierInput!, $b: CustomerIdentifierInput!, $limit: Int!, $offset: Int!) {
    a: customer(identifier: $a, source: INSTORE) { ${LIST} } b: customer(identifier: $b, source: INSTORE) { ${LIST} } }`,
  customers: `query Customers($all: [CustomerIdentifierInput!]!, $limit: Int!, $offset: Int!) {
    customers(identifiers: $all, source: INSTORE) { ${LIST} } }`,
  entities: `query Entities($all: [_Any!]!, $limit: Int!, $offset: Int!) {
    _entities(representations: $all) { ... on Customer { ${LIST} } } }`,
} as const;
type Kind = keyof typeof QUERIES;

/** Some customers are asked for more often than others. */
export function pickCustomer(random: Random): string {
  return CUSTOMERS[Math.floor(random() ** 2 * CUSTOMERS.length)] as string;
}

/** Any operation of a client: mostly valid ones, with every kind of credentials. */
export function pickOperation(truth: Truth, random: Random): SoakOperation {
  if (random() < 0.03) return mistaken(pick(random, MISTAKES));
  const kind = pick(random, ['customer', 'customer', 'aliases', 'customers', 'entities'] as const);
  const values = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pickCustomer(random));
  return operationFor(truth, random, kind, values, random() < 0.03);
}

/** @param anew whether the client accepts no earlier page */
export function operationFor(
  truth: Truth,
  random: Random,
  kind: Kind,
  values: readonly string[],
  anew = false,
): SoakOperation {
  const authorization = pick(random, CALLERS);
  const scope = pick(random, DATA_SCOPES);
  const window = { limit: pick(random, [1, 10, 30]), offset: pick(random, [0, 0, 5]) };
  const [a = '', b = a] = values;
  const expect = (field: string, value: string): Expectation => ({
    field,
    asker: { authorization, dataScope: Object.values(scope).join(':'), name: 'mobile', value },
    ...window,
  });
  const identifier = (value: string) => ({ name: 'MOBILE', value });
  const entity = (value: string) => ({ __typename: 'Customer', identifier: identifier(value), source: 'INSTORE' });
  const { variables, expected } = {
    customer: { variables: { a: identifier(a) }, expected: [expect('customer', a)] },
    aliases: { variables: { a: identifier(a), b: identifier(b) }, expected: [expect('a', a), expect('b', b)] },
    customers: {
      variables: { all: values.map(identifier) },
      expected: values.map((value, i) => expect(`customers.${i}`, value)),
    },
    entities: {
      variables: { all: values.map(entity) },
      expected: values.map((value, i) => expect(`_entities.${i}`, value)),
    },
  }[kind];
  return {
    headers: { authorization, ...scope, ...(anew && { 'cache-control': 'no-cache' }) },
    body: { query: QUERIES[kind], variables: { ...variables, ...window } },
    judge() {
      const checks = expected.map((each) => pageCheck(truth, each, anew));
      return (answer) => uncoded(answer) ?? checks.map((check) => check(answer)).find((fault) => fault !== undefined);
    },
  };
}

function mistaken(query: string): SoakOperation {
  return {
    headers: { authorization: CALLERS[0] as string },
    body: { query },
    judge: () => (answer) => uncoded(answer) ?? (answer.errors ? undefined : wrong('a mistake was not refused')),
  };
}

/** An error without a code, or with that of a defect. */
function uncoded({ errors = [] }: Answer): Fault | undefined {
  const codes = errors.map(({ extensions }) => extensions?.code);
  const isBad = codes.some((code) => typeof code !== 'string' || code === 'INTERNAL_SERVER_ERROR');
  return isBad ? wrong(`errors with the codes ${codes.join()}`) : undefined;
}

type CustomerAnswer = {
  readonly customerId: string;
  readonly promotions: {
    readonly items: readonly { readonly promotionId: string; readonly name: string }[];
    readonly pageDetails: { readonly totalEntries: number };
  };
};

/** The check of one customer's page in an answer to an operation that begins now. */
function pageCheck(truth: Truth, { field, asker, offset, limit }: Expectation, anew: boolean) {
  const { value } = asker;
  const acknowledged = anew ? truth.version(value) : truth.acknowledged(value);
  const oldest = truth.oldest(value);
  return ({ data, errors }: Answer): Fault | undefined => {
    const customer = field
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], data);
    if (customer === null || customer === undefined) {
      return errors ? undefined : wrong(`${field} is missing without an error`);
    }
    const { customerId, promotions } = customer as CustomerAnswer;
    if (customerId !== String(customerIdOf(value))) return mixed(`${field} is another customer`);
    const newest = truth.version(value);
    const versions = Array.from({ length: newest + 1 }, (_, version) => version);
    const isPageOf = (version: number) => isSame(promotions, asker, version, offset, limit);
    const [first] = promotions.items;
    // A page without entries may be that of several versions.
    const got = first === undefined ? versions.findLast(isPageOf) : versionIn(first.name);
    if (got === undefined || !isPageOf(got)) return mixed(`${field} is no version of its list as its caller sees it`);
    const after = `version ${got} of ${value}, after ${acknowledged} was acknowledged and ${oldest} kept, of ${newest}`;
    if (got > newest) return wrong(after);
    if (got < acknowledged) return { kind: 'stale after an event', what: after };
    return got < oldest ? { kind: 'older than the cache keeps', what: after } : undefined;
  };
}

function isSame(
  { items, pageDetails }: CustomerAnswer['promotions'],
  asker: Asker,
  version: number,
  offset: number,
  limit: number,
): boolean {
  const { total, promotionId, promotionName } = listOf(asker, version);
  const length = Math.max(0, Math.min(limit, total - offset));
  const isItem = (item: (typeof items)[number], i: number) =>
    item.promotionId === String(promotionId(offset + i)) && item.name === promotionName(offset + i);
  return pageDetails.totalEntries === total && items.length === length && items.every(isItem);
}

function wrong(what: string): Fault {
  return { kind: 'wrong', what };
}

function mixed(what: string): Fault {
  return { kind: 'mixed', what };
}
