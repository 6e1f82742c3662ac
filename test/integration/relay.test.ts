import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { printSchema } from 'graphql';
import type { ConcreteRequest } from 'relay-runtime';
import relay from 'relay-runtime';
import { expect, onTestFinished } from 'vitest';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
import { test } from '../support/fixture.ts';
import { pages } from '../support/upstream.ts';

const { createOperationDescriptor, Environment, fetchQuery, Network, RecordSource, Store } = relay;

const QUERY = `query shopPromotionsQuery($after: String) {
  customer(identifier: { name: MOBILE, value: "917406400033" }, source: INSTORE) {
    promotionConnection(first: 10, after: $after) @connection(key: "shop_promotionConnection") { edges { node { promotionId } } }
  }
}`;

/** Compiles the query as a Relay project would, against the printed schema. */
async function compile(project: string): Promise<ConcreteRequest> {
  mkdirSync(join(project, 'src'));
  mkdirSync(join(project, 'artifacts'));
  writeFileSync(join(project, 'schema.graphql'), printSchema(buildGatewaySchema()));
  writeFileSync(join(project, 'src', 'shop.js'), `graphql\`${QUERY}\`;\n`);
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  const config = {
    src: 'src',
    schema: 'schema.graphql',
    artifactDirectory: 'artifacts',
    language: 'javascript',
    eagerEsModules: true,
  };
  writeFileSync(join(project, 'relay.config.json'), JSON.stringify(config));
  execFileSync(process.execPath, [join(process.cwd(), 'node_modules/relay-compiler/cli.js'), 'relay.config.json'], {
    cwd: project,
    stdio: 'pipe',
  });
  const artifact = join(project, 'artifacts', 'shopPromotionsQuery.graphql.js');
  return ((await import(pathToFileURL(artifact).href)) as { default: ConcreteRequest }).default;
}

type Connection = {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly promotionId: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
};

test('Relay joins the pages of a connection until there is no next one', async ({ upstream, startGateway }) => {
  upstream.reply(pages(25));
  const gateway = await startGateway();
  const folder = mkdtempSync(join(tmpdir(), 'relay-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const query = await compile(folder);
  const environment = new Environment({
    network: Network.create(async ({ text }, variables) => {
      const { data } = await gateway.query(text ?? '', { variables });
      return { data };
    }),
    store: new Store(new RecordSource()),
  });
  const connection = (): Connection => {
    const { fragment } = createOperationDescriptor(query, {});
    const { customer } = environment.lookup(fragment).data as { customer: { promotionConnection: Connection } };
    return customer.promotionConnection;
  };
  await fetchQuery(environment, query, {}).toPromise();
  expect(connection().edges).toHaveLength(10);
  for (let page = 0; page < 2; page++) {
    expect(connection().pageInfo.hasNextPage).toBe(true);
    await fetchQuery(environment, query, { after: connection().pageInfo.endCursor }).toPromise();
  }
  expect(connection().edges.map(({ node }) => node.promotionId)).toEqual(
    Array.from({ length: 25 }, (_, i) => String(1000 + i)),
  );
  expect(connection().pageInfo.hasNextPage).toBe(false);
});
