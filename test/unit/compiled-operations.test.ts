import { ApolloServer } from '@apollo/server';
import type { ExecutionResult } from 'graphql';
import { expect, test } from 'vitest';
import type { Executor } from '../../src/graphql/compiledExecutor.ts';
import type { ServerContext } from '../../src/graphql/context.ts';
import { compiledOperations } from '../../src/graphql/plugins/compiledOperations.ts';

async function answerWith(execute: Executor) {
  const defects: unknown[] = [];
  const server = new ApolloServer<ServerContext>({
    typeDefs: 'type Query { by: String }',
    resolvers: { Query: { by: () => 'graphql-js' } },
    plugins: [compiledOperations(execute, (defect) => defects.push(defect))],
  });
  const contextValue = { traced: false, variables: {} } as ServerContext;
  const { body } = await server.executeOperation({ query: '{ by }' }, { contextValue });
  await server.stop();
  return { answer: body.kind === 'single' ? { ...body.singleResult.data } : undefined, defects };
}

const compiled: ExecutionResult = { data: { by: 'a compiled function' } };

test('an operation that is compiled is answered by its function', async () => {
  expect(await answerWith(async () => compiled)).toEqual({ answer: compiled.data, defects: [] });
});

test('one that is not is answered by graphql-js', async () => {
  expect(await answerWith(() => undefined)).toEqual({ answer: { by: 'graphql-js' }, defects: [] });
});

const defect = new Error('a defect');
test.each<[string, Executor]>([
  [
    'throws',
    () => {
      throw defect;
    },
  ],
  ['rejects', async () => Promise.reject(defect)],
])('one whose function %s is answered by graphql-js, and operators are told', async (_, execute) => {
  expect(await answerWith(execute)).toEqual({ answer: { by: 'graphql-js' }, defects: [defect] });
});
