import { getIntrospectionQuery, parse } from 'graphql';
import { beforeEach, describe, expect } from 'vitest';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';
import { promotionsOf } from '../../src/sandbox/promotions.ts';
import { testWith } from '../support/fixture.ts';
import { BASIC, customer, type GraphQLResult } from '../support/gateway.ts';
import { errorBody, json, type TestUpstream } from '../support/upstream.ts';

const test = testWith({ UPSTREAM_RETRIES: '0' });
beforeEach<{ upstream: TestUpstream }>(({ upstream }) => {
  const rich = SANDBOX_CUSTOMERS.flatMap((each) => promotionsOf(each, 0, false).slice(0, 8)).map(({ body }) => body);
  const pageDetails = { pageNumber: 0, pageSize: rich.length, totalEntries: rich.length, pageCount: 1 };
  upstream.reply(json({ customerId: 5, pageDetails, promotions: rich, warnings: ['odd'] }));
  upstream.on('1', errorBody(8015));
  upstream.on('2', json({ pageDetails, promotions: [], warnings: [] }));
});

const RESTRICTION = 'kpi kpiName maxLimit currentCustomerUsage limitOn unlimited remaining';
const EVERYTHING = `id name programId startDate endDate identifier description active eventName orgId
  metadata { key value brandDefined }
  limits { maxPointsPerEvent pointsPerCustomer numberOfTimesPerCustomer totalPointsInPromotion }
  customerUsage { currentPointsPerCustomer currentNumberOfTimesPerCustomer currentTotalPointsInPromotion }
  pointsOfferType
  restrictions { issual { ${RESTRICTION} } earn { ${RESTRICTION} } redemption { ${RESTRICTION} type periodType periodUnit } }
  enrolments { id enrolledAt expiresAt eventLogId issuals { id issuedAt expiresAt eventLogId redeemedCount } }`;
const NONE = { authorization: 'nobody' };

const cases: [string, string, Record<string, unknown>?, Record<string, string>?][] = [
  [
    'every field',
    `{ ${customer(`customerId promotions(limit: 100) { items { ${EVERYTHING} } pageDetails { totalEntries hasNextPage } warnings { code message } }`)} }`,
  ],
  [
    'connections',
    `{ ${customer(`promotionConnection(first: 3) { edges { cursor node { promotionId } } nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount warnings { code } }`)} }`,
  ],
  [
    'aliases and fragments',
    `{ a: ${customer('...F')} b: ${customer('... on Customer { source }')} } fragment F on Customer { x: customerId identifier { name value } }`,
  ],
  [
    'abstract types',
    `{ ${customer('promotions { items { restrictions { issual { ... on Restriction { __typename kpi } } redemption { ...R } } } }')} } fragment R on RedemptionRestriction { type ... on Restriction { remaining } }`,
  ],
  [
    'directives',
    `query ($yes: Boolean!, $no: Boolean!) { ${customer('customerId @include(if: $no) source @skip(if: $yes) promotions @include(if: $yes) { pageDetails { totalEntries } items @skip(if: $yes) { id } }')} }`,
    { yes: true, no: false },
  ],
  [
    'variables with defaults',
    `query ($limit: Int! = 2, $status: PromotionStatus) { ${customer('promotions(limit: $limit, status: $status) { items { promotionId } }')} }`,
    { status: 'EXPIRED' },
  ],
  [
    'a missing variable',
    'query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: ALL) { customerId } }',
  ],
  [
    'a variable of the wrong type',
    'query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: ALL) { customerId } }',
    { i: { name: 'FAX', value: 1 } },
  ],
  [
    'an Int out of range',
    `query ($limit: Int!) { ${customer('promotions(limit: $limit) { items { promotionId } }')} }`,
    { limit: 3_000_000_000 },
  ],
  [
    'an unknown customer',
    `{ ${customer('customerId promotions { items { promotionId } } promotionConnection { totalCount }', '1')} ok: ${customer('customerId')} }`,
  ],
  ['a customer without an id', `{ ${customer('customerId source promotions { items { promotionId } }', '2')} }`],
  [
    'errors in a list',
    '{ customers(source: ALL, identifiers: [{ name: ID, value: "1" }, { name: ID, value: "3" }, { name: ID, value: "" }]) { customerId promotions(limit: 1) { items { promotionId } } } }',
  ],
  [
    'too many identifiers',
    `{ customers(source: ALL, identifiers: [${'{ name: ID, value: "3" } '.repeat(51)}]) { source } }`,
  ],
  ['no credentials', `{ ${customer('customerId promotions { items { promotionId } }')} }`, {}, NONE],
  ['a refused argument', `{ ${customer('promotions(limit: -1) { items { promotionId } } source')} }`],
  [
    'entities',
    'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Customer { customerId source promotions(limit: 1) { items { promotionId } } } } }',
    {
      r: [
        { __typename: 'Customer', identifier: { name: 'ID', value: '5' }, source: 'ALL' },
        { __typename: 'Customer', identifier: { name: 'ID', value: '1' }, source: 'ALL' },
        { __typename: 'Customer' },
      ],
    },
  ],
  [
    'an entity of an unknown type',
    'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
    { r: [{ __typename: 'Nobody', id: '5' }] },
  ],
  ['the subgraph SDL', '{ _service { sdl } }'],
  ['introspection', getIntrospectionQuery()],
  ['two operations', `query A { ${customer('customerId')} } query B { ${customer('source')} }`],
  ['a wrong field', '{ nothing }'],
  ['only __typename', '{ __typename }'],
];

const ALSO = 'introspection: __schema { __typename }';

/** The query with introspection at the end of each operation: graphql-js executes all of it, field by field. */
function introspecting(query: string): string {
  const ends = parse(query).definitions.flatMap((definition) =>
    definition.kind === 'OperationDefinition' ? (definition.selectionSet.loc?.end ?? []) : [],
  );
  return ends.reduceRight((text, end) => `${text.slice(0, end - 1)} ${ALSO} ${text.slice(end - 1)}`, query);
}

/** Without the members that differ between requests. */
const comparable = ({ status, data, errors }: GraphQLResult) => ({
  status,
  data,
  errors: errors?.map(({ extensions: { requestId: _, ...extensions }, ...error }) => ({ ...error, extensions })),
});

describe('A projected response is the one that graphql-js makes field by field', () => {
  test.for(cases)('%s', async ([name, query, variables = {}, headers = { authorization: BASIC }], { gateway }) => {
    const options = { variables, ...(name === 'two operations' && { operationName: 'B' }) };
    const expected = await gateway.query(introspecting(query), { ...options, headers });
    delete expected.data?.introspection;
    for (let execution = 0; execution < 2; execution++) {
      expect(comparable(await gateway.query(query, { ...options, headers }))).toEqual(comparable(expected));
    }
  });
});

test('A document that is executed again with other variables has their fields', async ({ gateway }) => {
  const query = `query ($named: Boolean!) { ${customer('promotions(limit: 1) { items { ...F } }')} }
    fragment F on Promotion { promotionId name @include(if: $named) }`;
  for (const named of [true, false, true]) {
    const { data } = await gateway.query(query, { variables: { named } });
    const [item] = data.customer.promotions.items;
    expect(Object.keys(item)).toEqual(named ? ['promotionId', 'name'] : ['promotionId']);
  }
});
