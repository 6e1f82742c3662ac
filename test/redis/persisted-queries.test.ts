import { expect } from 'vitest';
import { sha256 } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { testWith } from './support/fixture.ts';
import { send } from './support/gateways.ts';
import { contentsOf } from './support/redis.ts';

const test = testWith({});

const query = '{ __typename }';
const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
const DATA = '{"data":{"__typename":"Query"}}';

test('A persisted query that was sent to one gateway is known to the other', async ({ redis, instances }) => {
  const [one, other] = instances;
  expect(await send(one, { query, extensions })).toBe(DATA);
  await eventually(async () => (await contentsOf(redis)).includes(':query:'));
  expect(await send(other, { extensions })).toBe(DATA);
});

test('A persisted query that was changed in Redis is not executed', async ({ redis, instances, startInstances }) => {
  const [one] = instances;
  await send(one, { query, extensions });
  await eventually(async () => (await contentsOf(redis)).includes(':query:'));
  for (const key of await redis.client.keys('*:query:*')) await redis.client.set(key, '{ other: __typename }');
  const [fresh] = await startInstances();
  expect(await send(fresh, { extensions })).toContain('PERSISTED_QUERY_NOT_FOUND');
});

test('Persisted queries use a bounded number of slots in Redis, and long ones use none', async ({
  redis,
  instances,
}) => {
  const [one] = instances;
  const register = (text: string) =>
    send(one, { query: text, extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } } });
  for (let i = 0; i < 20; i++) await register(`{ __typename }#${i}`);
  await register('{ __typename }'.padEnd(8193, ' '));
  await eventually(async () => (await redis.client.keys('*:query:*')).length >= 19);
  const keys = await redis.client.keys('*:query:*');
  expect(keys.length).toBeLessThanOrEqual(20);
  const places = keys.map((key) => Number(key.slice(key.lastIndexOf(':') + 1)));
  expect(places.filter((place) => !(place >= 0 && place < 4096))).toEqual([]);
});
