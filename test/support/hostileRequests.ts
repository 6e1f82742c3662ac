import fc from 'fast-check';

/** A request's body as it is sent, and what is hostile about it. */
export type HostileRequest = { readonly kind: string; readonly body: string };

/** Just under MAX_BODY_BYTES with the rest of a body around it. */
const MOST_CHARACTERS = 250_000;

const NO_LIST = 'promotions(limit: -1) { pageDetails { totalEntries } }';
const IDENTIFIER = '{ name: ID, value: "1" }';
const CUSTOMER = `customer(identifier: ${IDENTIFIER}, source: ALL)`;
const LOOKUPS = [
  'query ($v: CustomerIdentifierInput!) { customer(identifier: $v, source: ALL) { customerId } }',
  'query ($v: [CustomerIdentifierInput!]!) { customers(identifiers: $v, source: ALL) { source identifier { value } } }',
  'query ($v: [_Any!]!) { _entities(representations: $v) { __typename ... on Customer { customerId source identifier { name value } } } }',
  `query ($v: Int!) { ${CUSTOMER} { promotions(limit: $v) { items { id } } } }`,
  `query ($v: PromotionStatus) { ${CUSTOMER} { promotions(status: $v) { items { id } } } }`,
  `query ($v: String) { ${CUSTOMER} { promotionConnection(after: $v) { totalCount } } }`,
  'query ($v: Boolean = true) { __typename @skip(if: $v) }',
  'query ($v: String = "1") { customer(identifier: { name: ID, value: $v }, source: ALL) { customerId } }',
  'query ($v: _Any = 1) { _entities(representations: [$v]) { __typename ... on Customer { customerId } } }',
];

const size = (max: number) => fc.oneof(fc.constant(max), fc.integer({ min: 1, max }));
const times = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i)).join(' ');
const cut = (text: string) => text.slice(0, MOST_CHARACTERS);

/** Texts that are expensive to match, to escape, to compare or to print. */
const longText = fc
  .tuple(
    fc.constantFrom('; ', '"', '\\', '\u0000', 'é', '\ud800', 'x', ' at "', ': ', '\n', '{', '[', '9'),
    size(120_000),
  )
  .map(([unit, count]) =>
    unit.repeat(Math.min(count, Math.floor(MOST_CHARACTERS / Buffer.byteLength(JSON.stringify(unit))))),
  );

const list = (count: number, write: (index: number) => unknown) => Array.from({ length: count }, (_, i) => write(i));
const nested = (depth: number, open: string, inner: string, close: string) =>
  open.repeat(depth) + inner + close.repeat(depth);

/** Values of every wrong shape in JSON, as large as a body may be. */
const hostileValue: fc.Arbitrary<string> = fc.oneof(
  fc
    .oneof(
      longText,
      longText.map((value) => ({ name: 'ID', value })),
      size(15_000).map((count) => Object.fromEntries(list(count, (i) => [`a${i}`, 1]) as [string, number][])),
      size(8_000).map((count) => Object.fromEntries(list(count, (i) => [`"${i}": x`, { a: i }]) as [string, object][])),
      size(5_000).map((count) => list(count, () => ({ name: 'ID', value: '1' }))),
      size(5_000).map((count) => list(count, () => ({ name: 'ID', value: 1 }))),
      size(4_000).map((count) =>
        list(count, (i) => ({ __typename: 'Customer', identifier: { name: 'ID', value: String(i) }, source: 'ALL' })),
      ),
      size(1_000).map((count) =>
        list(count, (i) => ({
          __typename: 'Customer',
          identifier: { name: 'ID', value: `${i}`.padEnd(30, '\u0001') },
          source: 'ALL',
        })),
      ),
      size(1_000).map((count) =>
        list(count, (i) => ({
          __typename: 'Customer',
          identifier: { name: 'ID', value: `${i}`.padEnd(130, 'é') },
          source: 'ALL',
        })),
      ),
      size(100_000).map((count) => list(count, () => 1)),
      size(50_000).map((count) => list(count, () => null)),
      fc.jsonValue({ maxDepth: 6 }),
      fc.constantFrom<unknown>(null, 1e308, -1, 1000, 2_147_483_648, '__proto__', [[]], true),
    )
    .map((value) => JSON.stringify(value)),
  size(120_000).map((depth) => nested(depth, '[', '', ']')),
  size(40_000).map((depth) => nested(depth, '{"a":', '1', '}')),
  size(20_000).map((depth) => nested(depth, '{"__proto__":', '1', '}')),
  size(20_000).map((depth) => `{"__typename":"Customer","identifier":${nested(depth, '{"value":', '1', '}')}}`),
);

const variables: fc.Arbitrary<HostileRequest> = fc
  .tuple(fc.constantFrom(...LOOKUPS), hostileValue)
  .map(([query, value]) => ({
    kind: 'variables',
    body: `{"query":${JSON.stringify(query)},"variables":{"v":${value}}}`,
  }));

/** The field under this many aliases, with the shortest names. */
export const aliased = (field: string, count: number) =>
  times(count, (i) => `${String.fromCharCode(97 + (i % 26))}${i < 26 ? '' : Math.floor(i / 26)}: ${field}`);

/**
 * Lists of customers, with small values or empty lists under aliases: as much as upstream calls allow, some just under 5 MB.
 * The calls of different customers take most of the CPU, so there are half as many.
 */
const largeLists: fc.Arbitrary<HostileRequest> = fc
  .tuple(
    fc.constantFrom(
      'active',
      'orgId',
      '__typename',
      'metadata { key }',
      'enrolments { id }',
      'limits { maxPointsPerEvent }',
      'restrictions { issual { kpi } earn { kpi } redemption { kpi } }',
      NO_LIST,
    ),
    fc.integer({ min: 1, max: 60 }),
    fc.constantFrom(20, 100, 200, 500, 1000),
    fc.boolean(),
  )
  .map(([field, aliases, limit, different]) => ({
    kind: `${aliases} aliases of ${field} in lists of ${limit}`,
    body: JSON.stringify({
      query: `query ($v: [CustomerIdentifierInput!]!) { customers(identifiers: $v, source: ALL) { ${
        field.startsWith('promotions')
          ? aliased(field, aliases)
          : `promotions(limit: ${limit}) { items { ${aliased(field, aliases)} } }`
      } } }`,
      variables: {
        v: list(Math.min(50, (different ? 50 : 100) / Math.ceil(limit / 100)), (i) => ({
          name: 'ID',
          value: different ? `${i}` : '1',
        })),
      },
    }),
  }));

/** References to customers: equal, different or wrong, under aliases, with aliases of what costs no call. */
const references: fc.Arbitrary<HostileRequest> = fc
  .tuple(
    fc.constantFrom('source', '__typename', 'identifier { name }', 'identifier { name value }', 'id', NO_LIST),
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 1, max: 60 }),
    size(5_000),
    fc.constantFrom(1, 100, 1_000, 5_000),
    fc.constantFrom('Customer', 'Nobody'),
  )
  .map(([field, fields, roots, count, different, __typename]) => ({
    kind: `${roots} times ${count} references to ${different} of ${__typename}, with ${fields} of ${field}`,
    body: JSON.stringify({
      query: `query ($v: [_Any!]!) { ${aliased(`_entities(representations: $v) { ... on Customer { ${aliased(field, Math.floor(Math.min(fields, 60 / roots - 1)))} __typename } }`, roots)} }`,
      variables: { v: list(count, (i) => ({ __typename, id: `${1 + (i % different)}` })) },
    }),
  }));

/** Documents of one pattern, with as many repetitions as their tokens allow. */
const PATTERNS: Readonly<Record<string, (count: number) => string>> = {
  'one field many times': (n) => `{ ${times(n, () => '__typename')} }`,
  'one customer many times': (n) => `{ ${times(n / 16, () => `${CUSTOMER} { customerId }`)} }`,
  'one list many times': (n) => `{ ${CUSTOMER} { ${times(n / 8, () => 'promotions { items { id } }')} } }`,
  'nested fields many times': (n) =>
    `{ ${times(50, () => `${CUSTOMER} { ${times(n / 900, () => 'promotions { items { id name } }')} }`)} }`,
  'aliases of a customer': (n) =>
    `{ ${times(Math.min(n / 16, 60), (i) => `a${i}: ${CUSTOMER} { customerId promotions(limit: 100) { items { name description } } }`)} }`,
  'aliases of a wide part': (n) =>
    `{ ${CUSTOMER} { promotions(limit: 1000) { items { ${times(Math.min(n / 20, 59), (i) => `a${i}: restrictions { earn { kpi kpiName } }`)} } } } }`,
  'aliases with long names': (n) =>
    `{ customers(identifiers: [${times(50, () => IDENTIFIER)}], source: ALL) { ${times(20, (i) => `${'x'.repeat(n * 3)}${i}: __typename`)} } }`,
  'every field of many promotions': (n) =>
    `{ customers(identifiers: [${times(20, (i) => `{ name: ID, value: "${i}" }`)}], source: ALL) { promotions(limit: ${Math.min(100, n)}) { items { id name description eventName identifier metadata { key value } restrictions { issual { kpi kpiName maxLimit } earn { kpi kpiName } } } } } }`,
  'fragments beside each other': (n) =>
    `{ ${times(n / 11, (i) => `...F${i}`)} } ${times(n / 11, (i) => `fragment F${i} on Query { __typename }`)}`,
  'fragments in a chain': (n) =>
    `{ ...F0 } ${times(n / 10, (i) => `fragment F${i} on Query { __typename ...F${i + 1} }`)} fragment F${Math.floor(n / 10)} on Query { __typename }`,
  'fragments that double': (n) =>
    `{ ...F0 } ${times(n / 12, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F${Math.floor(n / 12)} on Query { __typename }`,
  'fragments that double in depth': (n) =>
    `{ __type(name: "A") { ...F0 } } ${times(n / 20, (i) => `fragment F${i} on __Type { ofType { ...F${i + 1} } fields { type { ...F${i + 1} } } }`)} fragment F${Math.floor(n / 20)} on __Type { name }`,
  'fragments across each other': (n) =>
    `{ ${CUSTOMER} { ${times(n / 40, (i) => `...F${i}`)} } } ${times(n / 40, (i) => `fragment F${i} on Customer { promotions { items { ${times(5, (j) => `...G${(i + j) % 40}`)} } } }`)} ${times(40, (i) => `fragment G${i} on Promotion { id name restrictions { earn { kpi } } }`)}`,
  'a fragment that spreads itself': (n) => `{ ...F } fragment F on Query { ${times(n / 3, () => '...F')} }`,
  'inline fragments in each other': (n) => `{ ${'... { '.repeat(n / 4)} __typename ${'}'.repeat(n / 4)} }`,
  'inline fragments beside each other': (n) => `{ ${times(n / 6, (i) => `... on Query { a${i % 60}: __typename }`)} }`,
  'fields in each other': (n) => `{ ${'a { '.repeat(n / 4)} b ${'}'.repeat(n / 4)} }`,
  'introspection in each other': (n) =>
    `{ __schema { types { ${'fields { type { '.repeat(Math.min(6, n))} name ${'} }'.repeat(Math.min(6, n))} } } }`,
  'introspection under aliases': (n) =>
    `{ ${times(Math.min(n / 30, 30), (i) => `a${i}: __schema { types { fields { name args { name description type { name } } } description } }`)} }`,
  'lists in each other': (n) =>
    `{ customers(identifiers: ${nested(n / 2, '[', '', ']')}, source: ALL) { customerId } }`,
  'objects in each other': (n) =>
    `{ _entities(representations: [${'{ a: '.repeat(n / 4)} 1 ${'}'.repeat(n / 4)}]) { __typename } }`,
  'representations in the document': (n) =>
    `{ _entities(representations: [${times(n / 2, () => '1')}]) { __typename } }`,
  'identifiers in the document': (n) =>
    `{ customers(identifiers: [${times(n / 9, () => IDENTIFIER)}], source: ALL) { source } }`,
  'unknown directives': (n) => `{ __typename ${times(n / 2, () => '@a')} }`,
  conditions: (n) =>
    `query ($b: Boolean = true) { ${times(Math.min(n / 8, 30), (i) => `...F @include(if: $b) a${i}: __typename`)} } fragment F on Query { ${CUSTOMER} { customerId } }`,
  'unknown fields': (n) => `{ ${times(n, (i) => `custome${i}`)} }`,
  'unknown arguments': (n) => `{ ${CUSTOMER.replace(')', ` ${times(n / 3, (i) => `limit${i}: 1`)})`)} { id } }`,
  'unknown members': (n) => `{ customer(identifier: { ${times(n / 3, (i) => `valu${i}: 1`)} }, source: ALL) { id } }`,
  'one member many times': (n) =>
    `{ customer(identifier: { ${times(n / 3, () => 'value: "1"')} }, source: ALL) { customerId } }`,
  'fields that conflict': (n) =>
    `{ ${CUSTOMER} { ${times(Math.min(n / 4, 50), (i) => `a: ${i % 2 ? 'id' : 'source'}`)} } }`,
  'variables without use': (n) => `query (${times(n / 4, (i) => `$v${i}: Int`)}) { __typename }`,
  'variables without definition': (n) =>
    `{ ${times(n / 8, (i) => `...F${i % 50}`)} } ${times(50, (i) => `fragment F${i} on Query { __type(name: $v${i}) { name } }`)}`,
  'operations beside each other': (n) =>
    `${times(n / 9, (i) => `query Q${i} { ...F }`)} fragment F on Query { ${times(40, (i) => `a${i}: __typename`)} }`,
  'variables in many operations': (n) =>
    `${times(n / 20, (i) => `query Q${i}($a: String!) { ...F0 }`)} ${times(n / 20, (i) => `fragment F${i} on Query { a${i}: __type(name: $a) { name } ...F${i + 1} }`)} fragment F${Math.floor(n / 20)} on Query { __typename }`,
  'a long name': (n) => `{ ${'x'.repeat(n * 60)} }`,
  'long names': (n) => `{ ${times(20, (i) => `${'x'.repeat(n * 3)}${i}`)} }`,
  'a long string': (n) =>
    `{ customer(identifier: { name: ID, value: "${'\\u0001'.repeat(n * 10)}" }, source: ALL) { customerId identifier { value } } }`,
  'a block string': (n) =>
    `{ customer(identifier: { name: ID, value: """${'\n '.repeat(n * 30)}""" }, source: ALL) { customerId } }`,
  comments: (n) => `{ __typename }${'#x\n'.repeat(n * 20)}`,
  'a string that does not end': (n) => `{ customer(identifier: "${'; '.repeat(n * 30)}`,
  numbers: (n) => `{ ${CUSTOMER} { promotions(limit: ${'9'.repeat(n * 60)}) { items { id } } } }`,
};

const documents: fc.Arbitrary<HostileRequest> = fc
  .tuple(fc.constantFrom(...Object.keys(PATTERNS)), size(3900))
  .map(([kind, count]) => ({ kind, body: JSON.stringify({ query: cut(PATTERNS[kind]?.(count) ?? '') }) }));

/** Two patterns in one text, which is usually not a valid document. */
const spliced: fc.Arbitrary<HostileRequest> = fc
  .tuple(
    fc.constantFrom(...Object.keys(PATTERNS)),
    fc.constantFrom(...Object.keys(PATTERNS)),
    size(1900),
    fc.nat({ max: 2000 }),
  )
  .map(([a, b, count, at]) => {
    const [first, second] = [PATTERNS[a]?.(count) ?? '', PATTERNS[b]?.(count) ?? ''];
    return {
      kind: `${a} in ${b}`,
      body: JSON.stringify({ query: cut(second.slice(0, at) + first + second.slice(at)) }),
    };
  });

/** The other members of a body. */
const envelopes: fc.Arbitrary<HostileRequest> = fc
  .tuple(
    longText,
    hostileValue,
    fc.constantFrom('operationName', 'extensions', 'variables', 'query', 'persistedQuery' as const),
  )
  .map(([text, value, member]) => {
    const persistedQuery = `{"persistedQuery":{"version":1,"sha256Hash":${JSON.stringify(text)}}}`;
    const members: Readonly<Record<typeof member, string>> = {
      query: `"query":${JSON.stringify(text)}`,
      operationName: `"query":"{ __typename }","operationName":${JSON.stringify(text)}`,
      extensions: `"query":"{ __typename }","extensions":${value}`,
      variables: `"query":"{ __typename }","variables":${value}`,
      persistedQuery: `"extensions":${persistedQuery}`,
    };
    return { kind: member, body: `{${members[member]}}` };
  });

/** Hostile requests with bodies within MAX_BODY_BYTES. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .oneof(
    { arbitrary: documents, weight: 4 },
    { arbitrary: variables, weight: 4 },
    { arbitrary: largeLists, weight: 2 },
    { arbitrary: references, weight: 2 },
    { arbitrary: spliced, weight: 1 },
    { arbitrary: envelopes, weight: 1 },
  )
  .filter(({ body }) => Buffer.byteLength(body) <= 262_144);
