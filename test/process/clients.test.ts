import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApolloClient, gql, HttpLink, type InMemoryCache } from '@apollo/client';
import { Client, type Exchange, fetchExchange } from '@urql/core';
import { buildSchema, introspectionFromSchema } from 'graphql';
import relay, { type ConcreteRequest, type Environment } from 'relay-runtime';
import { expect, onTestFinished, vi } from 'vitest';
import { ask, customer } from '../support/gateway.ts';
import { startGatewayProgram } from '../support/process.ts';
import { compileForRelay } from '../support/relay.ts';
import { testWith } from './support/fixture.ts';
import { newApp, snippetsOf } from './support/newApp.ts';

/** The gateway in front of its sandbox. */
const test = testWith(startGatewayProgram);

const SNIPPETS = ['docs/clients.md', 'docs/glossary.md'].flatMap(snippetsOf);
const named = (...paths: string[]) =>
  paths.map((path) => {
    const snippet = SNIPPETS.find((each) => each.path === path);
    if (snippet === undefined) throw new Error(`No page has ${path}.`);
    return snippet;
  });

test('Each client has a snippet that prints something', () => {
  const printing = SNIPPETS.filter(({ prints }) => prints !== undefined).map(({ path }) => path);
  expect(printing).toEqual(['src/fetch.ts', 'src/apollo.ts', 'src/urql.ts', 'src/graphqlRequest.ts', 'src/endDay.ts']);
});

test.for(SNIPPETS.filter(({ prints }) => prints !== undefined))(
  'The snippet $path in a new app prints what the page says',
  async (snippet, { started }) => {
    const app = await newApp(started.url, [snippet]);
    expect(await app.node(snippet.path)).toBe(snippet.prints);
  },
);

test("Relay's compiler takes the clients' schema and the fragment that pages, and its store joins the pages", async ({
  started,
}) => {
  const app = await newApp(started.url, named('relay.config.json', 'src/Wallet.tsx', 'src/environment.ts'));
  await app.tool('relay-compiler/cli.js');
  const artifact = async (name: string) => (await app.load(`src/__generated__/${name}.graphql.ts`)).default;
  expect(readFileSync(join(app.folder, 'src/__generated__/Wallet_query.graphql.ts'), 'utf8')).toContain(
    'endDate: string | null | undefined',
  );
  const { environment } = (await app.load('src/environment.ts')) as { environment: Environment };
  const [query, page] = (await Promise.all(['WalletQuery', 'WalletPageQuery'].map(artifact))) as [
    ConcreteRequest,
    ConcreteRequest,
  ];
  const mobile = '917000000025';
  await relay.fetchQuery(environment, query, { mobile }).toPromise();
  const shown = () => {
    const records = environment.getStore().getSource().toJSON();
    const joined = Object.entries(records).find(([id]) => id.endsWith('__Wallet_promotionConnection_connection'));
    return joined?.[1] as unknown as { edges: { __refs: string[] }; pageInfo: { __ref: string } };
  };
  expect(shown().edges.__refs).toHaveLength(20);
  const cursor = environment.getStore().getSource().get(shown().pageInfo.__ref)?.endCursor;
  await relay.fetchQuery(environment, page, { mobile, count: 20, cursor }).toPromise();
  expect(shown().edges.__refs).toHaveLength(25);
});

const PAGES = `query Pages($after: String) {
  customer(identifier: { name: MOBILE, value: "917000000025" }, source: INSTORE) {
    id
    promotionConnection(first: 10, after: $after) { edges { node { id } } nodes { id } pageInfo { hasNextPage endCursor } }
  }
}`;
/** What two components of a page select of one list: objects without an id, each with other fields. */
const COMPONENTS = [
  'items { id limits { pointsPerCustomer } restrictions { redemption { kpiName remaining } } } pageDetails { totalEntries }',
  'items { id limits { maxPointsPerEvent } restrictions { redemption { kpiName maxLimit } } } pageDetails { pageCount }',
].map(
  (fields, index) => `query shopComponent${index}Query {
  customer(identifier: { name: MOBILE, value: "917000000025" }, source: INSTORE) { id promotions(limit: 5) { ${fields} } }
}`,
);

test('graphcache as docs/clients.md sets it joins pages, loses nothing between two components, and warns of nothing', async ({
  started,
}) => {
  const app = await newApp(started.url, named('src/graphcache.ts'));
  const schema = buildSchema(readFileSync(join(app.folder, 'schema.graphql'), 'utf8'));
  writeFileSync(join(app.folder, 'src/schema.json'), JSON.stringify(introspectionFromSchema(schema)));
  const warnings = vi.spyOn(console, 'warn');
  onTestFinished(() => warnings.mockRestore());
  const { cache } = (await app.load('src/graphcache.ts')) as { cache: Exchange };
  const requests: unknown[] = [];
  const counted: typeof fetch = (...request) => {
    requests.push(request);
    return fetch(...request);
  };
  const client = new Client({ url: started.url, fetch: counted, exchanges: [cache, fetchExchange] });
  const connectionAfter = async (after?: string) =>
    (await client.query(PAGES, { after }).toPromise()).data.customer.promotionConnection;
  const first = await connectionAfter();
  const second = await connectionAfter(first.pageInfo.endCursor);
  await connectionAfter(second.pageInfo.endCursor);
  const joined = await connectionAfter();
  expect([joined.edges.length, joined.nodes.length, requests.length]).toEqual([25, 25, 3]);

  for (const query of [...COMPONENTS, ...COMPONENTS]) {
    const { data, stale } = await client.query(query, {}).toPromise();
    expect([data.customer.promotions.items.length, stale]).toEqual([5, false]);
  }
  expect(requests).toHaveLength(3 + COMPONENTS.length);
  expect(warnings.mock.calls).toEqual([]);
});

test('Relay keeps the data beside an error, and the field with the error is null', async ({ started }) => {
  const app = await newApp(started.url, named('src/environment.ts'));
  const { environment } = (await app.load('src/environment.ts')) as { environment: Environment };
  const [query] = await compileForRelay([
    `query shopUnknownQuery {
      customer(identifier: { name: MOBILE, value: "910000000000" }, source: INSTORE) { source promotions { items { id } } }
    }`,
  ]);
  expect(await relay.fetchQuery(environment, query as ConcreteRequest, {}).toPromise()).toEqual({
    customer: { source: 'INSTORE', promotions: null },
  });
});

test("Relay's store loses nothing between two components of one list", async ({ started }) => {
  const app = await newApp(started.url, named('src/environment.ts'));
  const { environment } = (await app.load('src/environment.ts')) as { environment: Environment };
  const requests = vi.spyOn(globalThis, 'fetch');
  onTestFinished(() => requests.mockRestore());
  const queries = await compileForRelay(COMPONENTS);
  for (const query of [...queries, ...queries]) {
    await relay.fetchQuery(environment, query, {}, { fetchPolicy: 'store-or-network' }).toPromise();
  }
  expect(requests).toHaveBeenCalledTimes(COMPONENTS.length);
});

/** Apollo Client with the cache that docs/clients.md sets, in an app of its own. */
async function documentedApollo(uri: string): Promise<ApolloClient> {
  const policies = {
    path: 'src/typePolicies.ts',
    text: readFileSync('examples/storefront/src/api/typePolicies.ts', 'utf8'),
  };
  const app = await newApp(uri, [...named('src/cache.ts'), { ...policies, prints: undefined }]);
  const { cache } = (await app.load('src/cache.ts')) as { cache: InMemoryCache };
  return new ApolloClient({ cache, link: new HttpLink({ uri }) });
}

test('The Apollo cache of docs/clients.md takes the type policies as they are', async ({ started }) => {
  const client = await documentedApollo(started.url);
  for (const text of [...COMPONENTS, ...COMPONENTS]) await client.query({ query: gql(text) });
  for (const text of COMPONENTS) expect(client.readQuery({ query: gql(text) })).not.toBeNull();
});

test('The Apollo cache of docs/clients.md reads fragments on an interface', async ({ started }) => {
  const client = await documentedApollo(started.url);
  const restrictions = 'restrictions { issual { ...Limit } earn { ...Limit } redemption { ...Limit } }';
  const text = `{ ${customer(`id promotions(limit: 100) { items { id ${restrictions} } }`, '917000000025')} } fragment Limit on Restriction { kpi }`;
  const { data } = await client.query({ query: gql(text) });
  const kpisIn = (result: unknown) => JSON.stringify(result).match(/"kpi":/g)?.length;
  expect(kpisIn(data)).toBeGreaterThan(0);
  expect(kpisIn(data)).toBe(kpisIn((await ask(started.url, text)).data));
});

test("GraphQL Code Generator types an app's operations with strings for dates and decimals", async ({ started }) => {
  const app = await newApp(started.url, named('codegen.yml', 'src/operations.ts'));
  await app.tool('@graphql-codegen/cli/cjs/bin.js', '--config', 'codegen.yml');
  const types = readFileSync(join(app.folder, 'src/gql/graphql.ts'), 'utf8');
  expect(types).toContain('endDate: string | null');
  expect(types).toContain('remaining: string | null');
});

test('The snippets have no type errors', async ({ started }) => {
  const paths = ['src/fetch.ts', 'src/apollo.ts', 'src/urql.ts', 'src/graphqlRequest.ts', 'src/environment.ts'];
  const app = await newApp(started.url, named(...paths));
  writeFileSync(
    join(app.folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...{ target: 'es2024', lib: ['es2024', 'dom'], module: 'nodenext', types: [] },
        ...{ strict: true, noEmit: true, skipLibCheck: true },
      },
      include: ['src'],
    }),
  );
  expect(await app.tool('typescript/bin/tsc', '-p', '.').catch(({ stdout }) => stdout)).toBe('');
});

test.for([
  ['id identifier { name } source', { id: expect.any(String), identifier: { name: 'MOBILE' }, source: 'INSTORE' }, []],
  [
    'id promotions { items { id } }',
    { id: expect.any(String), promotions: null },
    [['CUSTOMER_NOT_FOUND', 'customer', 'promotions']],
  ],
  ['customerId', null, [['CUSTOMER_NOT_FOUND', 'customer', 'customerId']]],
  ['customerId promotions { items { id } }', null, [['CUSTOMER_NOT_FOUND', 'customer', 'customerId']]],
] as const)(
  'A customer who is not found, selected as %s, is as the page says',
  async ([fields, found, errors], { started }) => {
    const answer = await ask(started.url, `{ ${customer(fields, '910000000000')} }`, { headers: {} });
    expect(answer.data).toEqual({ customer: found });
    expect((answer.errors ?? []).map(({ path = [], extensions }) => [extensions.code, ...path])).toEqual(errors);
  },
);
