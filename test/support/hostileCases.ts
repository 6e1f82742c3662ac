import { aliased, type HostileRequest } from './hostileRequests.ts';

const list = <Item>(count: number, write: (index: number) => Item) => Array.from({ length: count }, (_, i) => write(i));
const request = (kind: string, query: string, variables: Record<string, unknown> = {}): HostileRequest => ({
  kind,
  body: JSON.stringify({ query, variables }),
});

const PROMOTIONS = (field: string, limit: number) =>
  `query ($l: [CustomerIdentifierInput!]!) { customers(identifiers: $l, source: ALL) { promotions(limit: ${limit}) { items { ${field} } } } }`;
const REFERENCES = (inner: string) => `query ($r: [_Any!]!) { ${inner} }`;
const references = (count: number, different: number) =>
  list(count, (i) => ({
    __typename: 'Customer',
    identifier: { name: 'ID', value: String(1 + (i % different)) },
    source: 'ALL',
  }));

/** Requests whose answers have 4 to 5 MB, in the values that take most work for a byte. */
export const LARGE_ANSWERS: readonly HostileRequest[] = [
  request('the shortest names, of one customer', PROMOTIONS(aliased('active', 50), 200), {
    l: list(50, () => ({ name: 'ID', value: '1' })),
  }),
  request('empty lists under aliases', PROMOTIONS(aliased('metadata { key }', 42), 200), {
    l: list(50, () => ({ name: 'ID', value: '1' })),
  }),
  request(
    'aliases of identifiers',
    REFERENCES(`_entities(representations: $r) { ... on Customer { ${aliased('identifier { name value }', 58)} } }`),
    { r: references(2300, 1000) },
  ),
];

/** Requests that an attacker found, each of which took seconds of CPU or more memory than there was. */
export const KNOWN_ATTACKS: readonly HostileRequest[] = [
  ...[2000, 4000, 12_000].map((count) =>
    request(
      `an object with ${count} unknown members`,
      'query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: ALL) { customerId } }',
      { i: Object.fromEntries(list(count, (i): [string, number] => [`a${i}`, 1])) },
    ),
  ),
  request(
    '60 times 4,000 representations of nothing',
    `query ($r: [_Any!]!) { ${list(60, (i) => `a${i}: _entities(representations: $r) { __typename }`).join(' ')} }`,
    { r: list(4000, () => 1) },
  ),
  request(
    'twice 2,500 references with aliases',
    REFERENCES(aliased(`_entities(representations: $r) { ... on Customer { ${aliased('__typename', 28)} } }`, 2)),
    { r: references(2500, 1000) },
  ),
  request(
    '60 times 2,500 references to one customer',
    REFERENCES(aliased('_entities(representations: $r) { __typename }', 60)),
    { r: references(2500, 1) },
  ),
  request(
    '1,000 references with 60 refused lists each',
    REFERENCES(
      `_entities(representations: $r) { ... on Customer { ${aliased('promotions(limit: -1) { pageDetails { totalEntries } }', 60)} } }`,
    ),
    { r: references(1000, 1000) },
  ),
  request('5,000 references to nobody', REFERENCES(aliased('_entities(representations: $r) { __typename }', 5)), {
    r: list(1000, (i) => ({ __typename: 'Nobody', id: String(i) })),
  }),
  request(
    'five times 1,000 references to customers with control characters',
    REFERENCES(aliased('_entities(representations: $r) { ... on Customer { source } }', 5)),
    {
      r: list(1000, (i) => ({
        __typename: 'Customer',
        identifier: { name: 'ID', value: String(i).padEnd(30, '\u0001') },
        source: 'ALL',
      })),
    },
  ),
  request(
    'a variable of semicolons',
    `query ($l: Int!) { customer(identifier: { name: ID, value: "1" }, source: ALL) { promotions(limit: $l) { items { id } } } }`,
    { l: '; '.repeat(125_000) },
  ),
  request(
    'one customer 20 times with 59 aliases of its restrictions',
    `query ($l: [CustomerIdentifierInput!]!) { customers(identifiers: $l, source: ALL) { promotions(limit: 200) { items {
      ${list(59, (i) => `a${i}: restrictions { issual { kpi } earn { kpi } redemption { kpi } }`).join(' ')} } } } }`,
    { l: list(20, () => ({ name: 'ID', value: '1' })) },
  ),
  ...[240_000, 20_000, 257].map((length) =>
    request(
      `an alias of ${length} characters above 4,999 errors`,
      REFERENCES(`${'a'.repeat(length)}: _entities(representations: $r) { __typename }`),
      { r: list(4999, () => 1) },
    ),
  ),
  request(
    'a variable whose name has 75,000 characters, in each of thousands of errors',
    `query ($r: [_Any!]!, $${'v'.repeat(75_000)}: DataScope = SELF) { ${aliased('_entities(representations: $r) { ...F }', 59)} }
      fragment F on Customer { promotions(dataScope: { scope: $${'v'.repeat(75_000)} }) { items { id } } }`,
    { r: references(41, 1), ['v'.repeat(75_000)]: null },
  ),
  request(
    'an alias of 240,000 characters of a field below thousands of references',
    REFERENCES(
      `${aliased('_entities(representations: $r) { ...F }', 29)} } fragment F on Customer { ${'a'.repeat(240_000)}: source`,
    ),
    { r: references(70, 1) },
  ),
  request(
    'an alias of 256 characters of a field below thousands of references',
    REFERENCES(
      `${aliased('_entities(representations: $r) { ...F }', 29)} } fragment F on Customer { ${'a'.repeat(256)}: source`,
    ),
    { r: references(170, 1) },
  ),
  request(
    '43,000 organisations for 3,000 lists',
    `query ($l: [CustomerIdentifierInput!]!, $d: DataScopeInput) { customers(identifiers: $l, source: ALL) {
      ${aliased('promotionConnection(first: -1, dataScope: $d) { totalCount }', 60)} } }`,
    { l: list(50, (i) => ({ name: 'ID', value: String(i) })), d: { scope: 'OTHER', orgIds: list(43_000, (i) => i) } },
  ),
  request(
    'a cursor of 240,000 characters for 3,000 lists',
    `query ($l: [CustomerIdentifierInput!]!, $a: String) { customers(identifiers: $l, source: ALL) {
      ${aliased('promotionConnection(first: -1, after: $a) { totalCount }', 60)} } }`,
    { l: list(50, (i) => ({ name: 'ID', value: String(i) })), a: 'A'.repeat(240_000) },
  ),
  ...list(3, (i) =>
    request('one document with a changing comment', `{ ${list(30, (j) => `a${j}: __typename`).join(' ')} } #${i}`),
  ),
];
