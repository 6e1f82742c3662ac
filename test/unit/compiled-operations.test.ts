import { ApolloServer } from '@apollo/server';
import type { ExecutionResult } from 'graphql';
import { expect, test } from 'vitest';
import type { Executor } from '../../src/graphql/compiledExecutor.ts';
import type { ServerContext } from '../../src/graphql/context.ts';
import { compiledOperations } from '../../src/graphql/plugins/compiledOperations.ts';

/** What an executor's operation results in, and the errors that were reported. */
async function resultWith(execute: Executor) {
  const reported: unknown[] = [];
  const server = new ApolloServer<ServerContext>({
    typeDefs: 'type Query { by: String }',
    resolvers: { Query: { by: () => 'graphql-js' } },
    plugins: [compiledOperations(execute, { maxTokens: 4000, onUnhandledError: (error) => reported.push(error) })],
  });
  const contextValue = { traced: false, variables: {} } as ServerContext;
  const { body } = await server.executeOperation({ query: '{ by }' }, { contextValue });
  await server.stop();
  return { data: body.kind === 'single' ? { ...body.singleResult.data } : undefined, reported };
}

const compiled: ExecutionResult = { data: { by: 'a compiled function' } };

test('An operation that is compiled is executed by its function', async () => {
  expect(await resultWith(async () => compiled)).toEqual({ data: compiled.data, reported: [] });
});

test('An operation that is not compiled is executed by graphql-js', async () => {
  expect(await resultWith(() => undefined)).toEqual({ data: { by: 'graphql-js' }, reported: [] });
});

const failure = new Error('a compiled function failed');
test.each<[string, Executor]>([
  [
    'throws',
    () => {
      throw failure;
    },
  ],
  ['rejects', async () => Promise.reject(failure)],
])('An operation whose function %s is executed by graphql-js, and the error is reported', async (_, execute) => {
  expect(await resultWith(execute)).toEqual({ data: { by: 'graphql-js' }, reported: [failure] });
});
