import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse } from 'graphql';
import { PROJECT_FOLDER } from '../model/projectFolder.ts';
import { refuseOtherEntities } from './entities.ts';
import { Customer, Query } from './resolvers.ts';

const SCHEMA_FOLDER = new URL('schema/', PROJECT_FOLDER);

/** The SDL of the subgraph, its files joined in the order of their names. */
export function readTypeDefs(): string {
  return readdirSync(SCHEMA_FOLDER)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(new URL(name, SCHEMA_FOLDER), 'utf8'))
    .join('\n');
}

/** The executable subgraph: the SDL with its resolvers, `_entities` and `_service`. */
export function buildGatewaySchema(): GraphQLSchema {
  const modules: unknown = [{ typeDefs: parse(readTypeDefs()), resolvers: { Query, Customer } }];
  // The library types every resolver's context as unknown. Ours have the generated types.
  return refuseOtherEntities(buildSubgraphSchema(modules as Parameters<typeof buildSubgraphSchema>[0]));
}
