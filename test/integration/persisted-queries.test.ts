import { expect } from 'vitest';
import { sha256 } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import type { TestGateway } from '../support/gateway.ts';

const register = (gateway: TestGateway, query: string) =>
  gateway.post({ query, extensions: { persistedQuery: { version: 1, sha256Hash: sha256(query) } } });
const byHash = async (gateway: TestGateway, query: string) => {
  const response = await gateway.post({ extensions: { persistedQuery: { version: 1, sha256Hash: sha256(query) } } });
  return response.text();
};
const DATA = '{"data":{"__typename":"Query"}}';
const NOT_FOUND = expect.stringContaining('PERSISTED_QUERY_NOT_FOUND');
/** A query of this many characters. */
const queryOf = (characters: number) => '{ __typename }'.padEnd(characters, ' ');

test('A query of up to 8,192 characters is stored, and a longer one is only executed', async ({ startGateway }) => {
  const gateway = await startGateway();
  expect(await (await register(gateway, queryOf(8192))).text()).toBe(DATA);
  expect(await byHash(gateway, queryOf(8192))).toBe(DATA);
  expect(await (await register(gateway, queryOf(8193))).text()).toBe(DATA);
  expect(await byHash(gateway, queryOf(8193))).toEqual(NOT_FOUND);
});

test('An invalid query is not stored', async ({ startGateway }) => {
  const gateway = await startGateway();
  await register(gateway, '{ nothing }');
  expect(await byHash(gateway, '{ nothing }')).toEqual(NOT_FOUND);
});

test('No cache may store that a query is unknown', async ({ startGateway }) => {
  const gateway = await startGateway();
  const persistedQuery = { version: 1, sha256Hash: sha256('{ unknown }') };
  const response = await gateway.post({ extensions: { persistedQuery } });
  expect(await response.text()).toEqual(NOT_FOUND);
  expect(response.headers.get('cache-control')).toBe('no-store');
});
