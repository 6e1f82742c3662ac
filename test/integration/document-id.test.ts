import { expect } from 'vitest';
import { sha256 } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import type { TestGateway } from '../support/gateway.ts';

const DOCUMENT = '{ __typename }';
const HASH = sha256(DOCUMENT);
const HEADERS = { 'content-type': 'application/json', 'apollo-require-preflight': 'true' };

const post = async (gateway: TestGateway, body: unknown) =>
  (await fetch(gateway.url, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) })).json();

async function register(gateway: TestGateway) {
  await post(gateway, { query: DOCUMENT, extensions: { persistedQuery: { version: 1, sha256Hash: HASH } } });
}

test('documentId names a persisted document in a body', async ({ startGateway }) => {
  const gateway = await startGateway();
  await register(gateway);
  expect(await post(gateway, { documentId: `sha256:${HASH}` })).toEqual({ data: { __typename: 'Query' } });
  expect(await post(gateway, { documentId: HASH })).toEqual({ data: { __typename: 'Query' } });
});

test('documentId names a persisted document in an address', async ({ startGateway }) => {
  const gateway = await startGateway();
  await register(gateway);
  const response = await fetch(`${gateway.url}?documentId=sha256:${HASH}`, { headers: HEADERS });
  expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
});

test('documentId names a trusted document', async ({ startGateway }) => {
  const manifest = 'examples/storefront/persisted-operations.json';
  const gateway = await startGateway({ PERSISTED_OPERATIONS: manifest });
  expect(await post(gateway, { documentId: 'sha256:unknown' })).toMatchObject({
    errors: [{ extensions: { code: 'PERSISTED_OPERATION_REQUIRED' } }],
  });
});

test('An unknown documentId is PERSISTED_QUERY_NOT_FOUND', async ({ startGateway }) => {
  const gateway = await startGateway();
  expect(await post(gateway, { documentId: 'sha256:unknown' })).toMatchObject({
    errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
  });
});

test('A query that is sent with a documentId is executed', async ({ startGateway }) => {
  const gateway = await startGateway();
  expect(await post(gateway, { query: DOCUMENT, documentId: 'sha256:unknown' })).toEqual({
    data: { __typename: 'Query' },
  });
});

test.for<[string, object]>([
  ['no extensions', { extensions: {} }],
  ['null as extensions', { extensions: null }],
  ['other extensions', { extensions: { clientLibrary: { name: 'web' } } }],
  ['null as a query', { query: null }],
  ['null as a persisted query', { extensions: { persistedQuery: null } }],
])('A documentId beside %s names its document, by POST and by GET', async ([, members], { startGateway }) => {
  const gateway = await startGateway();
  await register(gateway);
  const request = { documentId: `sha256:${HASH}`, ...members };
  expect(await post(gateway, request)).toEqual({ data: { __typename: 'Query' } });
  const asText = Object.entries(request).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : value === null && name === 'query' ? '' : JSON.stringify(value),
  ]);
  const response = await fetch(`${gateway.url}?${new URLSearchParams(asText)}`, { headers: HEADERS });
  expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
});

test.for(['operationName=', 'variables=', 'variables=null', 'extensions=', 'extensions=null', 'documentId='])(
  'The parameter %s of a GET is as none',
  async (parameter, { startGateway }) => {
    const gateway = await startGateway();
    const response = await fetch(`${gateway.url}?query={__typename}&${parameter}`, { headers: HEADERS });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  },
);

test('A documentId that comes twice in an address names no document', async ({ startGateway }) => {
  const gateway = await startGateway();
  await register(gateway);
  const response = await fetch(`${gateway.url}?documentId=${HASH}&documentId=${HASH}`, { headers: HEADERS });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
});
