import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import type { TestGateway } from '../support/gateway.ts';
import { dataOf } from '../support/questions.ts';

const WITH_SECRET = { CACHE_SECRET: 'a'.repeat(64) };

const LOOKUPS = [
  ['MOBILE', '917406400033', 'INSTORE'],
  ['MOBILE', '+917406400033', 'INSTORE'],
  ['EXTERNAL_ID', '917406400033', 'INSTORE'],
  ['MOBILE', '917406400033', 'WEBSITE'],
  ['MOBILE', '917406400034', 'INSTORE'],
] as const;

function customerBy(name: string, value: string, source: string): string {
  return `customer(identifier: { name: ${name}, value: "${value}" }, source: ${source}) { id }`;
}

/** The opaque id of a customer, looked up in this way. */
async function idOf(gateway: TestGateway, name: string, value: string, source = 'INSTORE'): Promise<string> {
  return dataOf(await gateway.query(`{ ${customerBy(name, value, source)} }`)).customer.id;
}

test("A customer's id is another for each way of looking it up, shows none, and makes no call", async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway();
  const ids = await Promise.all(LOOKUPS.map(([name, value, source]) => idOf(gateway, name, value, source)));
  expect(new Set(ids).size).toBe(5);
  for (const id of ids) expect(id).toMatch(/^[\w-]{32}$/);
  expect(await idOf(gateway, 'MOBILE', '917406400033')).toBe(ids[0]);
  const inOne = LOOKUPS.map(([name, value, source], index) => `id${index}: ${customerBy(name, value, source)}`);
  const together = dataOf(await gateway.query(`{ ${inOne} again: ${inOne[0]?.slice('id0: '.length)} }`));
  expect(Object.values(together)).toEqual([...ids, ids[0]].map((id) => ({ id })));
  expect(upstream.calls).toEqual([]);
});

test("A customer's id is the same in every process with one CACHE_SECRET, and in no two without", async ({
  startGateway,
}) => {
  const idIn = async (env: Record<string, string>) => idOf(await startGateway(env), 'MOBILE', '917406400033');
  expect(await idIn(WITH_SECRET)).toBe(await idIn(WITH_SECRET));
  expect(await idIn(WITH_SECRET)).not.toBe(await idIn({ CACHE_SECRET: 'b'.repeat(64) }));
  expect(await idIn({})).not.toBe(await idIn({}));
});
