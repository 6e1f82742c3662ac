import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, isUnionType, Kind, parse, print, specifiedDirectives, visit } from 'graphql';
import { PROJECT_FOLDER } from '../model/projectFolder.ts';
import { Customer, entities, Query } from './resolvers.ts';

const SCHEMA_FOLDER = new URL('schema/', PROJECT_FOLDER);
/** The directives of GraphQL itself. */
const SPECIFIED: ReadonlySet<string> = new Set(specifiedDirectives.map(({ name }) => name));

/** The SDL of the subgraph, its files joined in the order of their names. */
export function readTypeDefs(): string {
  return readdirSync(SCHEMA_FOLDER)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(new URL(name, SCHEMA_FOLDER), 'utf8'))
    .join('\n');
}

/** The SDL for clients and their tools: without the directives that only a supergraph is composed with. */
export function readClientSdl(): string {
  const sdl = visit(parse(readTypeDefs()), {
    enter(node) {
      const isFederations =
        node.kind === Kind.SCHEMA_EXTENSION || (node.kind === Kind.DIRECTIVE && !SPECIFIED.has(node.name.value));
      return isFederations ? null : undefined;
    },
  });
  return `${print(sdl)}\n`;
}

/** The executable subgraph: the SDL with its resolvers, `_entities` and `_service`. */
export function buildGatewaySchema(): GraphQLSchema {
  const modules: unknown = [{ typeDefs: parse(readTypeDefs()), resolvers: { Query, Customer } }];
  // The library types every resolver's context as unknown. Ours have the generated types.
  const schema = buildSubgraphSchema(modules as Parameters<typeof buildSubgraphSchema>[0]);
  const field = schema.getQueryType()?.getFields()._entities;
  const entity = schema.getType('_Entity');
  if (field === undefined || !isUnionType(entity)) throw new Error('The schema has no entities.');
  // The library's own resolver fails the whole list for one representation of another type.
  field.resolve = entities;
  entity.resolveType = () => 'Customer';
  return schema;
}
