import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import relay, { type ConcreteRequest } from 'relay-runtime';
import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { BASIC, type TestGateway } from '../support/gateway.ts';
import { compileForRelay, relayEnvironment } from '../support/relay.ts';
import { json, pageBody, type RecordedCall } from '../support/upstream.ts';

const LIST = 'items { id promotionId name customerUsage { currentPointsPerCustomer } } pageDetails { totalEntries }';
const ONE_LIST = `query shopUsageQuery($mobile: String!, $dataScope: DataScopeInput, $alternate: Boolean!) {
  customer(identifier: { name: MOBILE, value: $mobile }, source: INSTORE) {
    id
    promotions(dataScope: $dataScope, includeAlternateCurrencyUsage: $alternate, limit: 2) { ${LIST} }
  }
}`;
const TWO_SCOPES = `query shopScopesQuery($mobile: String!) {
  customer(identifier: { name: MOBILE, value: $mobile }, source: INSTORE) {
    id
    own: promotions(dataScope: { scope: SELF }) { ${LIST} }
    other: promotions(dataScope: { scope: OTHER, orgIds: ["50407"] }) { ${LIST} }
  }
}`;

const [FIRST, SECOND] = ['917000000001', '917000000002'];
const OTHER = { scope: 'OTHER', orgIds: ['50406'] };
const QUESTIONS = [
  [ONE_LIST, { mobile: FIRST, alternate: false }],
  [ONE_LIST, { mobile: SECOND, alternate: false }],
  [ONE_LIST, { mobile: FIRST, alternate: true }],
  [ONE_LIST, { mobile: FIRST, alternate: false, dataScope: OTHER }],
  [ONE_LIST, { mobile: FIRST, alternate: true, dataScope: OTHER }],
  [TWO_SCOPES, { mobile: FIRST }],
] as const;

/** A customer's usage in a data scope, with or without alternate currencies. All are different. */
function usage(mobile: string, scope: string, org: string, alternate: boolean): string {
  return `${mobile.slice(-1)}${['', 'SELF', 'OTHER'].indexOf(scope)}${org.slice(-1) || 0}${alternate ? 1 : 0}.000`;
}

/** The same promotions for every customer, with different usage. */
function bodyFor({ query, headers }: RecordedCall) {
  const mobile = query.identifierValue ?? '';
  const points = usage(
    mobile,
    String(headers['data-scope'] ?? ''),
    String(headers['data-scope-org'] ?? ''),
    query.includeAlternateCurrencyUsage === 'true',
  );
  const body = pageBody(2, 0, Number(query.limit), Number(mobile.slice(-9)));
  const promotions = body.promotions.map((each) => ({ ...each, customerUsage: { currentPointsPerCustomer: points } }));
  return { ...body, promotions };
}

/** A client with its default cache: what it shows after a query, and what only its cache shows. */
type CachedClient = {
  ask(operation: string, variables: Record<string, unknown>): Promise<unknown>;
  read(operation: string, variables: Record<string, unknown>): Promise<unknown>;
};

const headers = { authorization: BASIC };

function apollo({ url }: TestGateway): CachedClient {
  const client = new ApolloClient({ link: new HttpLink({ uri: url, headers }), cache: new InMemoryCache() });
  const query = (fetchPolicy: 'network-only' | 'cache-only') => async (text: string, variables: object) =>
    (await client.query({ query: gql(text), variables, fetchPolicy })).data;
  return { ask: query('network-only'), read: query('cache-only') };
}

function urql({ url }: TestGateway): CachedClient {
  const client = new Client({
    url,
    fetchOptions: { headers },
    preferGetMethod: false,
    // The default, without its warnings that types without an id are embedded in their parents, which is right.
    exchanges: [cacheExchange({ logger: () => {} }), fetchExchange],
  });
  const query = (requestPolicy: 'network-only' | 'cache-only') => async (text: string, variables: object) =>
    (await client.query(text, variables, { requestPolicy })).data;
  return { ask: query('network-only'), read: query('cache-only') };
}

async function relayClient(gateway: TestGateway): Promise<CachedClient> {
  const texts = [ONE_LIST, TWO_SCOPES];
  const compiled = await compileForRelay(texts);
  const environment = relayEnvironment(gateway);
  const descriptorOf = (text: string, variables: object) =>
    relay.createOperationDescriptor(compiled[texts.indexOf(text)] as ConcreteRequest, { ...variables });
  const read = async (text: string, variables: object) => {
    const operation = descriptorOf(text, variables);
    expect(environment.check(operation).status).toBe('available');
    return environment.lookup(operation.fragment).data;
  };
  return {
    read,
    async ask(text, variables) {
      const operation = descriptorOf(text, variables);
      await environment.execute({ operation }).toPromise();
      return environment.lookup(operation.fragment).data;
    },
  };
}

type Shown = Record<string, { items: readonly { customerUsage: { currentPointsPerCustomer: string } }[] }>;

/** The usage in each list of what a client shows. */
function usagesIn(shown: unknown): string[][] {
  const {
    id: _,
    __typename,
    ...lists
  } = (shown as { customer: Shown & { id: unknown; __typename?: unknown } }).customer;
  return Object.values(lists).map(({ items }) => items.map((item) => item.customerUsage.currentPointsPerCustomer));
}

const EXPECTED = [
  [usage(FIRST, '', '', false)],
  [usage(SECOND, '', '', false)],
  [usage(FIRST, '', '', true)],
  [usage(FIRST, 'OTHER', '50406', false)],
  [usage(FIRST, 'OTHER', '50406', true)],
  [usage(FIRST, 'SELF', '', false), usage(FIRST, 'OTHER', '50407', false)],
].map((lists) => lists.map((each) => [each, each]));

const test = testWith({});

test.for<readonly [string, (gateway: TestGateway) => CachedClient | Promise<CachedClient>]>([
  ['Apollo Client', apollo],
  ["urql's graphcache", urql],
  ["Relay's store", relayClient],
])(
  '%s keeps customers, data scopes and alternate currencies apart without configuration',
  async ([, clientOf], { gateway, upstream }) => {
    upstream.reply((call, response) => json(bodyFor(call))(call, response));
    const client = await clientOf(gateway);
    const shown: unknown[] = [];
    for (const [operation, variables] of QUESTIONS) shown.push(await client.ask(operation, variables));
    expect(shown.map(usagesIn)).toEqual(EXPECTED);
    upstream.reset();
    const kept: unknown[] = [];
    for (const [operation, variables] of QUESTIONS) kept.push(await client.read(operation, variables));
    expect(kept.map(usagesIn)).toEqual(EXPECTED);
    expect(kept).toEqual(shown);
    expect(upstream.calls).toEqual([]);
  },
);
