import { readFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { type GraphQLSchema, Kind, parse, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { describe, expect, test } from 'vitest';
import { buildGatewaySchema, readTypeDefs } from '../../src/graphql/schema.ts';
import type { PlaygroundFacts } from '../../src/http/playgroundPage.ts';
import {
  type Preset,
  presetsFor,
  SANDBOX_PRESETS,
  SUPERGRAPH_PRESETS,
  UPSTREAM_PRESETS,
} from '../../src/playground/presets/presets.ts';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';

const FACTS: PlaygroundFacts = {
  upstream: 'sandbox',
  callers: 'none',
  upstreamAuth: 'passthrough',
  debug: 'anyone',
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

/** What is wrong with a preset's query, or with its variables. */
function problems(schema: GraphQLSchema, { query, variables }: Preset): string[] {
  const document = parse(query);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return ['The query has no operation.'];
  const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], JSON.parse(variables));
  return [...validate(schema, document), ...errors].map(({ message }) => message);
}

describe("The playground's examples", () => {
  test('fit what is behind the gateway', () => {
    expect(presetsFor(FACTS)).toBe(SANDBOX_PRESETS);
    expect(presetsFor({ ...FACTS, upstream: 'real' })).toBe(UPSTREAM_PRESETS);
    expect(presetsFor({ ...FACTS, supergraph: true })).toBe(SUPERGRAPH_PRESETS);
  });

  test('have different titles', () => {
    for (const presets of [SANDBOX_PRESETS, UPSTREAM_PRESETS, SUPERGRAPH_PRESETS]) {
      expect(new Set(presets.map(({ title }) => title)).size).toBe(presets.length);
    }
  });

  test.each([...SANDBOX_PRESETS, ...UPSTREAM_PRESETS])(
    'are valid for the schema, with their variables: $title',
    (preset) => {
      expect(problems(gateway, preset)).toEqual([]);
    },
  );

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
