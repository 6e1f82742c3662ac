import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { printSchema } from 'graphql';
import type { ConcreteRequest } from 'relay-runtime';
import relay from 'relay-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { pages, startUpstream, type TestUpstream } from '../support/upstream.ts';

const { createOperationDescriptor, Environment, fetchQuery, Network, RecordSource, Store } = relay;

const QUERY = `query shopPromotionsQuery($after: String) {
  customer(identifier: { name: MOBILE, value: "917406400033" }, source: INSTORE) {
    promotionConnection(first: 10, after: $after) @connection(key: "shop_promotionConnection") { edges { node { id } } }
  }
}`;

let upstream: TestUpstream;
let gateway: TestGateway;
let folder: string;
let query: ConcreteRequest;
beforeAll(async () => {
  upstream = await startUpstream();
  upstream.reply(pages(25));
  gateway = await startTestGateway(upstream);
  folder = mkdtempSync(join(tmpdir(), 'relay-'));
  query = await compile(folder);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await gateway.close();
  await upstream.close();
});

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
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
};

describe("Relay's connection handling", () => {
  test('joins the pages of a connection until there is no next one', async () => {
    const environment = new Environment({
      network: Network.create(async ({ text }, variables) => {
        const { data } = await ask(gateway.url, text ?? '', { variables });
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
    expect(connection().edges.map(({ node }) => node.id)).toEqual(
      Array.from({ length: 25 }, (_, i) => String(1000 + i)),
    );
    expect(connection().pageInfo.hasNextPage).toBe(false);
  });
});
