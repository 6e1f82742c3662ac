import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByHive } from '@theguild/federation-composition';
import { federateSubgraphs, ROUTER_COMPATIBILITY_VERSION_ONE } from '@wundergraph/composition';
import { buildSchema, type GraphQLSchema, isObjectType, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { OTHERS as OF_THE_EXAMPLE } from '../../examples/supergraph/supergraph.ts';
import { receipts } from './support/receipts.ts';

const PROMOTIONS = subgraph('promotions', execFileSync('npm', ['run', '--silent', 'schema'], { encoding: 'utf8' }));
const OTHERS = [...OF_THE_EXAMPLE, receipts].map(({ name, sdl }) => subgraph(name, readFileSync(sdl, 'utf8')));

type Subgraph = ReturnType<typeof subgraph>;
type Composed = {
  /** The supergraph's schema. */
  readonly schema: GraphQLSchema | undefined;
  /** The reasons why there is none. */
  readonly errors: string;
  /** The fields whose list sizes the supergraph's router knows. */
  readonly sized: readonly string[];
};

const COMPOSERS: readonly (readonly [name: string, compose: (subgraphs: Subgraph[]) => Composed])[] = [
  ['@apollo/composition', (subgraphs) => composedOf(composeByApollo(subgraphs))],
  ['@theguild/federation-composition', (subgraphs) => composedOf(composeByHive(subgraphs))],
  [
    '@wundergraph/composition',
    (subgraphs) => {
      const result = federateSubgraphs({ subgraphs, version: ROUTER_COMPATIBILITY_VERSION_ONE });
      if (!result.success) return { schema: undefined, errors: messagesOf(result.errors), sized: [] };
      const configs = [...result.subgraphConfigBySubgraphName.values()];
      const sized = configs.flatMap(({ costs }) => [...(costs?.listSizes.keys() ?? [])]);
      return { schema: result.federatedGraphSchema, errors: '', sized };
    },
  ],
];

describe.each(COMPOSERS)('%s', (composer, compose) => {
  test(`The printed schema composes by itself with ${composer}`, () => {
    const { schema, errors, sized } = compose([PROMOTIONS]);
    expect(errors).toBe('');
    expect([...sized].sort()).toEqual(['Customer.promotionConnection', 'Customer.promotions', 'Query.customers']);
    expect(fieldsOf(schema, 'Query')).toEqual(expect.arrayContaining(['customer', 'customers']));
  });

  test(`The printed schema composes with subgraphs that refer to customers, extend them, require their promotions and extend promotions, with ${composer}`, () => {
    const { schema, errors } = compose([PROMOTIONS, ...OTHERS]);
    expect(errors).toBe('');
    expect(fieldsOf(schema, 'Customer')).toEqual(
      expect.arrayContaining(['id', 'customerId', 'identifier', 'source', 'promotions', 'memberSince', 'receiptLine']),
    );
    expect(fieldsOf(schema, 'Promotion')).toEqual(expect.arrayContaining(['id', 'promotionId', 'name', 'banner']));
  });

  test.each([
    [
      'a Customer of its own, known by its own id',
      'type Customer @key(fields: "id") { id: ID! fullName: String }',
      'id',
    ],
    ['a Warning of its own', 'type Warning @shareable { code: String message: String! }', 'code'],
    ['PageDetails of its own', 'type PageDetails @shareable { pageNumber: Int! }', 'pageNumber'],
  ])(`The printed schema does not compose with a subgraph that has %s, with ${composer}`, (_, type, field) => {
    const name = /type (\w+)/.exec(type)?.[1];
    const { errors } = compose([PROMOTIONS, otherWith(`${type} type Query { other: ${name} }`)]);
    expect(errors).toMatch(/shareable/i);
    expect(errors).toMatch(new RegExp(`"${name}(\\.${field}"|"[^]*"${field}")`));
  });

  test(`The printed schema does not compose with a subgraph that resolves promotions only by promotionId, with ${composer}`, () => {
    const greedy = otherWith(
      'type Query { featured: Promotion } type Promotion @key(fields: "promotionId") { promotionId: ID! }',
    );
    expect(compose([PROMOTIONS, greedy]).errors).toMatch(/featured/);
  });
});

function subgraph(name: string, sdl: string) {
  const typeDefs = parse(sdl);
  return { name, url: `http://${name}.example/graphql`, typeDefs, definitions: typeDefs };
}

function otherWith(types: string): Subgraph {
  const link = '@link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';
  return subgraph('other', `extend schema ${link} ${types}`);
}

function composedOf(result: { supergraphSdl?: string | undefined; errors?: readonly Error[] | undefined }): Composed {
  const { supergraphSdl, errors = [] } = result;
  const schema = supergraphSdl === undefined ? undefined : buildSchema(supergraphSdl, { assumeValid: true });
  const sized = ['Query', 'Customer'].flatMap((name) => {
    const type = schema?.getType(name);
    const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
    return fields
      .filter(({ astNode }) => astNode?.directives?.some((directive) => directive.name.value === 'listSize'))
      .map((field) => `${name}.${field.name}`);
  });
  return { schema, errors: messagesOf(errors), sized };
}

function messagesOf(errors: readonly Error[]): string {
  return errors.map(({ message }) => message).join('\n');
}

function fieldsOf(schema: GraphQLSchema | undefined, name: string): string[] {
  const type = schema?.getType(name);
  return isObjectType(type) ? Object.keys(type.getFields()) : [];
}
