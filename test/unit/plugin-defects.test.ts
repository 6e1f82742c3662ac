import { HeaderMap } from '@apollo/server';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { startApolloServer } from '../../src/graphql/apolloServer.ts';
import type { ServerContext } from '../../src/graphql/resolverContext.ts';

test('What a plugin throws before the validation is reported with its own stack, and tells the client nothing', async () => {
  const reported: unknown[] = [];
  const apollo = await startApolloServer(parseConfig({}), true, (error) => reported.push(error));
  // In the prototype, since Apollo Server copies a context's own members.
  const context: ServerContext = Object.create({
    get record() {
      throw new RangeError('of 917406400033');
    },
  });
  const { body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'POST',
      headers: new HeaderMap([['content-type', 'application/json']]),
      search: '',
      body: { query: '{ __typename }' },
    },
    context: async () => context,
  });
  await apollo.stop();
  expect(body).toMatchObject({ string: expect.stringContaining('"code":"INTERNAL_SERVER_ERROR"') });
  expect(JSON.stringify(body)).not.toContain('917406400033');
  expect(reported).toEqual([expect.any(RangeError)]);
});
