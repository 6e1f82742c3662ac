import { expect } from 'vitest';
import { TOKENS } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { bodyOf, LOOKUP, lookUp, SAMPLE } from '../support/sandboxLookups.ts';

const without = (name: string) => Object.fromEntries(Object.entries(SAMPLE).filter(([key]) => key !== name));

test.for<readonly [string, Record<string, string>, number, number]>([
  ['no identifier name', without('identifierName'), 400, 8013],
  ['another identifier name', { ...SAMPLE, identifierName: 'passport' }, 400, 8013],
  ['no identifier value', without('identifierValue'), 400, 8015],
  ['a blank identifier value', { ...SAMPLE, identifierValue: ' ' }, 400, 8015],
  ['a customer nobody knows', { ...SAMPLE, identifierValue: '910000000000' }, 200, 8015],
  [
    'an external id without its leading zeros',
    { ...SAMPLE, identifierName: 'externalid', identifierValue: '3873354' },
    200,
    8015,
  ],
  ['no source', without('source'), 400, 8003],
  ['another source', { ...SAMPLE, source: 'KIOSK' }, 400, 8003],
  ['a limit over 100', { ...SAMPLE, limit: '101' }, 400, 8102],
  ['a negative limit', { ...SAMPLE, limit: '-1' }, 400, 8102],
  ['a negative offset', { ...SAMPLE, offset: '-1' }, 400, 8100],
  ['another status', { ...SAMPLE, promotionStatusForCustomer: 'AVAILABLE' }, 400, 8125],
  ['a flag that is neither true nor false', { ...SAMPLE, includeAlternateCurrencyUsage: 'maybe' }, 400, 400],
])('A lookup with %s is refused', async ([, parameters, status, code], { sandbox }) => {
  const answer = await lookUp(sandbox, parameters);
  expect(answer.status).toBe(status);
  expect(answer.body.errors).toEqual([{ status: false, code, message: expect.any(String) }]);
});

test('A lookup with a repeated parameter is refused', async ({ sandbox }) => {
  const response = await fetch(`${sandbox.url}${LOOKUP}?${new URLSearchParams(SAMPLE)}&identifierValue=1`);
  expect((await bodyOf(response)).errors[0]?.code).toBe(8015);
});

test('An invalid lookup is refused for every customer', async ({ sandbox }) => {
  const { body } = await lookUp(sandbox, { ...SAMPLE, identifierValue: '917000000500', source: 'KIOSK' });
  expect(body.errors[0]?.code).toBe(8003);
});

test('Another path responds with 404', async ({ sandbox }) => {
  const response = await fetch(`${sandbox.url}/v2/customers/lookup/promotionData`);
  expect(response.status).toBe(404);
  expect((await bodyOf(response)).errors[0]?.code).toBe(404);
});

test.for(['POST', 'HEAD', 'OPTIONS'])('A lookup by %s responds with 404', async (method, { sandbox }) => {
  const response = await fetch(`${sandbox.url}${LOOKUP}`, { method });
  expect(response.status).toBe(404);
});

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

test('The token endpoint gives a token for the key and the secret', async ({ sandbox }) => {
  const response = await post(sandbox.url + TOKENS, { key: 'sandbox', secret: 'sandbox' });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    data: { accessToken: expect.stringMatching(/./), ttlSeconds: 300 },
    errors: null,
  });
});

test.for([{ key: 'sandbox', secret: 'guess' }, { key: 'sandbox' }, null])(
  'The token endpoint responds with 401 to %j',
  async (body, { sandbox }) => {
    expect((await post(sandbox.url + TOKENS, body)).status).toBe(401);
  },
);
