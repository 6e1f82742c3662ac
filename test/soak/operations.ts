import { type Asker, customerIdFor, promotionIdOf, totalOf } from './faultyUpstream.ts';

type Answered = { readonly data?: unknown; readonly errors?: readonly { readonly extensions?: { code?: unknown } }[] };

/** One request of the load, and the check of its response. */
export type SoakOperation = {
  readonly headers: Record<string, string>;
  readonly body: { readonly query: string; readonly variables?: Record<string, unknown> };
  /** What is wrong with the response; undefined if it is right or has an error code. */
  wrong(answer: Answered): string | undefined;
};

type Expectation = {
  readonly field: string;
  readonly asker: Asker;
  readonly offset: number;
  readonly limit: number;
};

/** Few customers and callers, so that identical calls meet in flight and mixing them up would show. */
const CUSTOMERS = Array.from({ length: 60 }, (_, i) => String(917_000_000_000 + i));
const CALLERS = Array.from({ length: 8 }, (_, i) => `Basic ${Buffer.from(`till${i}:0123`).toString('base64')}`);
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
const QUERIES: Readonly<Record<'customer' | 'customers' | 'entities' | 'aliases', string>> = {
  customer: `query Customer($a: CustomerIdentifierInput!, $limit: Int!, $offset: Int!) {
    customer(identifier: $a, source: INSTORE) { ${LIST} } }`,
  aliases: `query Aliases($a: CustomerIdentifierInput!, $b: CustomerIdentifierInput!, $limit: Int!, $offset: Int!) {
    a: customer(identifier: $a, source: INSTORE) { ${LIST} } b: customer(identifier: $b, source: INSTORE) { ${LIST} } }`,
  customers: `query Customers($all: [CustomerIdentifierInput!]!, $limit: Int!, $offset: Int!) {
    customers(identifiers: $all, source: INSTORE) { ${LIST} } }`,
  entities: `query Entities($all: [_Any!]!, $limit: Int!, $offset: Int!) {
    _entities(representations: $all) { ... on Customer { ${LIST} } } }`,
};

/** Any operation of a client: mostly valid ones, with every kind of credentials. */
export function pickOperation(random: () => number): SoakOperation {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const authorization = pick(CALLERS);
  const scope = pick(DATA_SCOPES);
  const headers = { authorization, ...scope };
  if (random() < 0.03) return mistaken(headers, pick(MISTAKES));
  const values = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(CUSTOMERS));
  const kind = pick(['customer', 'aliases', 'customers', 'entities'] as const);
  const window = { limit: pick([1, 10, 30]), offset: pick([0, 0, 5]) };
  const [a = '', b = a] = values;
  const expect = (field: string, value: string): Expectation => ({
    field,
    asker: { authorization, dataScope: Object.values(scope).join(':'), name: 'mobile', value },
    ...window,
  });
  const identifier = (value: string) => ({ name: 'MOBILE', value });
  const wanted = {
    customer: { variables: { a: identifier(a) }, expected: [expect('customer', a)] },
    aliases: { variables: { a: identifier(a), b: identifier(b) }, expected: [expect('a', a), expect('b', b)] },
    customers: {
      variables: { all: values.map(identifier) },
      expected: values.map((value, i) => expect(`customers.${i}`, value)),
    },
    entities: {
      variables: {
        all: values.map((value) => ({ __typename: 'Customer', identifier: identifier(value), source: 'INSTORE' })),
      },
      expected: values.map((value, i) => expect(`_entities.${i}`, value)),
    },
  }[kind];
  return {
    headers,
    body: { query: QUERIES[kind], variables: { ...wanted.variables, ...window } },
    wrong: (answer) => uncoded(answer) ?? wanted.expected.map((each) => wrongCustomer(answer, each)).find(Boolean),
  };
}

function mistaken(headers: Record<string, string>, query: string): SoakOperation {
  return {
    headers,
    body: { query },
    wrong: (answer) => uncoded(answer) ?? (answer.errors ? undefined : 'a mistake was not refused'),
  };
}

/** An error without a code, or with that of a defect. */
function uncoded({ errors = [] }: Answered): string | undefined {
  const codes = errors.map(({ extensions }) => extensions?.code);
  const bad = codes.find((code) => typeof code !== 'string' || code === 'INTERNAL_SERVER_ERROR');
  return codes.length > 0 && (bad !== undefined || codes.includes(undefined)) ? `an error with code ${bad}` : undefined;
}

type CustomerAnswer = {
  readonly customerId: string;
  readonly promotions: { readonly items: { promotionId: string }[]; readonly pageDetails: { totalEntries: number } };
};

function wrongCustomer({ data, errors }: Answered, { field, asker, offset, limit }: Expectation): string | undefined {
  const customer = field
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], data);
  if (customer === null || customer === undefined) return errors ? undefined : `${field} is missing without an error`;
  const { customerId, promotions } = customer as CustomerAnswer;
  const expectedId = customerIdFor(asker);
  if (customerId !== String(expectedId)) return `${field} is another customer, or as another caller sees it`;
  const total = totalOf(expectedId);
  const ids = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, i) =>
    String(promotionIdOf(expectedId, offset + i)),
  );
  if (promotions.pageDetails.totalEntries !== total) return `${field} has a wrong total`;
  if (promotions.items.map((item) => item.promotionId).join() !== ids.join()) return `${field} has wrong promotions`;
  return undefined;
}
