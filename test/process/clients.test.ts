import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import relay, { type ConcreteRequest, type Environment } from 'relay-runtime';
import { expect } from 'vitest';
import { ask, customer } from '../support/gateway.ts';
import { startGatewayProgram } from '../support/process.ts';
import { testWith } from './support/fixture.ts';
import { newApp, snippetsOf } from './support/newApp.ts';

/** The gateway in front of its sandbox. */
const test = testWith(startGatewayProgram);

const SNIPPETS = [...snippetsOf('docs/clients.md'), ...snippetsOf('docs/glossary.md')];
const named = (...paths: string[]) =>
  paths.map((path) => {
    const snippet = SNIPPETS.find((each) => each.path === path);
    if (snippet === undefined) throw new Error(`docs/clients.md has no ${path}.`);
    return snippet;
  });

test('Each client of docs/clients.md has a snippet that prints something', () => {
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
  const artifact = async (name: string) =>
    (await import(pathToFileURL(join(app.folder, `src/__generated__/${name}.graphql.ts`)).href)).default;
  expect(readFileSync(join(app.folder, 'src/__generated__/Wallet_query.graphql.ts'), 'utf8')).toContain(
    'endDate: string | null | undefined',
  );
  const { environment } = (await import(pathToFileURL(join(app.folder, 'src/environment.ts')).href)) as {
    environment: Environment;
  };
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
