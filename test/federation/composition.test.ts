import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByHive } from '@theguild/federation-composition';
import { buildSchema, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { accounts } from '../../examples/supergraph/accounts.ts';
import { content } from '../../examples/supergraph/content.ts';
import { members } from '../../examples/supergraph/members.ts';

const OTHERS = [accounts, members, content].map(({ name, sdl }) => ({
  name,
  url: `http://${name}.example/graphql`,
  typeDefs: parse(readFileSync(sdl, 'utf8')),
}));

const PROMOTIONS = {
  name: 'promotions',
  url: 'http://promotions.example/graphql',
  typeDefs: parse(execFileSync('npm', ['run', '--silent', 'schema'], { encoding: 'utf8' })),
};

const COMPOSERS = [
  ['@apollo/composition', composeByApollo],
  ['@theguild/federation-composition', composeByHive],
] as const;

describe.each(COMPOSERS)('%s', (composer, compose) => {
  test(`The printed schema composes by itself with ${composer}`, () => {
    const { errors, supergraphSdl } = compose([PROMOTIONS]);
    expect(errors).toBeUndefined();
    expect(supergraphSdl).toContain('@join__graph(name: "promotions", url: "http://promotions.example/graphql")');
  });

  test(`The printed schema composes with subgraphs that refer to customers, extend them and extend promotions, with ${composer}`, () => {
    const { errors, supergraphSdl } = compose([PROMOTIONS, ...OTHERS]);
    expect(errors).toBeUndefined();
    const { Customer, Promotion } = buildSchema(supergraphSdl ?? '', { assumeValid: true }).getTypeMap();
    expect(Customer?.astNode).toMatchObject({ kind: 'ObjectTypeDefinition' });
    expect(fieldsOf(Customer)).toEqual(
      expect.arrayContaining(['id', 'customerId', 'identifier', 'source', 'promotions', 'memberSince']),
    );
    expect(fieldsOf(Promotion)).toEqual(expect.arrayContaining(['id', 'promotionId', 'name', 'banner']));
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
    const other = {
      name: 'crm',
      url: 'http://crm.example/graphql',
      typeDefs: parse(`
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
        ${type}
        type Query { other: ${/type (\w+)/.exec(type)?.[1]} }
      `),
    };
    const messages = compose([PROMOTIONS, other]).errors?.map(({ message }) => message);
    expect(messages?.join()).toMatch(
      new RegExp(`Non-shareable field "\\w+\\.${field}" is resolved from multiple subgraphs`),
    );
  });

  test(`The printed schema does not compose with a subgraph that resolves promotions only by promotionId, with ${composer}`, () => {
    const greedy = {
      name: 'greedy',
      url: 'http://greedy.example/graphql',
      typeDefs: parse(`
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
        type Query { featured: Promotion }
        type Promotion @key(fields: "promotionId") { promotionId: ID! }
      `),
    };
    expect(
      compose([PROMOTIONS, greedy])
        .errors?.map(({ message }) => message)
        .join(),
    ).toContain('Promotion.name');
  });
});

function fieldsOf(type: unknown): string[] {
  const { getFields } = type as { getFields?: () => Record<string, unknown> };
  return Object.keys(getFields?.call(type) ?? {});
}
