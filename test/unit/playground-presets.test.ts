import { readFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { type GraphQLSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildGatewaySchema, readTypeDefs } from '../../src/graphql/schema.ts';
import type { PlaygroundFacts } from '../../src/http/playgroundPage.ts';
import { nameOf, type Preset, presetsFor } from '../../src/playground/presets/presets.ts';
import { SANDBOX_PRESETS } from '../../src/playground/presets/sandbox.ts';
import { SUPERGRAPH_PRESETS } from '../../src/playground/presets/supergraph.ts';
import { UPSTREAM_PRESETS } from '../../src/playground/presets/upstream.ts';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';

const FACTS: PlaygroundFacts = {
  upstream: 'sandbox',
  callers: 'none',
  upstreamAuth: 'passthrough',
  debug: 'anyone',
  introspection: true,
  supergraph: false,
};

const gateway = buildGatewaySchema();

function supergraph(): GraphQLSchema {
  const others = ['accounts', 'members', 'content'].map((name) => ({
    name,
    typeDefs: parse(readFileSync(`examples/supergraph/${name}.graphql`, 'utf8')),
  }));
  const { schema } = composeServices(
    [{ name: 'promotions', typeDefs: parse(readTypeDefs()) }, ...others].map((each) => ({ ...each, url: '' })),
  );
  if (schema === undefined) throw new Error('The subgraphs do not compose.');
  return schema.toAPISchema().toGraphQLJSSchema();
}

function problems(schema: GraphQLSchema, { query }: Preset): string[] {
  return validate(schema, parse(query)).map(({ message }) => message);
}

describe('The queries that the playground opens with', () => {
  test('fit what is behind the gateway', () => {
    expect(presetsFor(FACTS)).toBe(SANDBOX_PRESETS);
    expect(presetsFor({ ...FACTS, upstream: 'real' })).toBe(UPSTREAM_PRESETS);
    expect(presetsFor({ ...FACTS, supergraph: true })).toBe(SUPERGRAPH_PRESETS);
  });

  test('have different names, which their tabs show', () => {
    for (const presets of [SANDBOX_PRESETS, UPSTREAM_PRESETS, SUPERGRAPH_PRESETS]) {
      const names = presets.map(nameOf);
      expect(names).not.toContain('');
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test.each([...SANDBOX_PRESETS, ...UPSTREAM_PRESETS])('are valid for the schema: $query', (preset) => {
    expect(problems(gateway, preset)).toEqual([]);
  });

  test('for the supergraph are valid for its schema, and one crosses all four subgraphs', () => {
    const schema = supergraph();
    expect(SUPERGRAPH_PRESETS.flatMap((preset) => problems(schema, preset))).toEqual([]);
    const crossing = SUPERGRAPH_PRESETS[0]?.query;
    for (const field of ['accounts', 'loyalty', 'memberSince', 'promotions', 'banner'])
      expect(crossing).toContain(field);
  });

  test("never send the sandbox's customers to a real upstream", () => {
    const text = JSON.stringify(UPSTREAM_PRESETS);
    for (const { id, mobile, email, externalId } of SANDBOX_CUSTOMERS) {
      for (const identifier of [String(id), mobile, email, externalId]) expect(text).not.toContain(identifier);
    }
  });
});
