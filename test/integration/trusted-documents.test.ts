import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { expectRequestError } from '../support/requestErrors.ts';

const MANIFEST = 'examples/storefront/persisted-operations.json';

test('An untrusted document is refused before it is validated, without an upstream call', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ PERSISTED_OPERATIONS: MANIFEST });
  const expected = { status: 400, code: 'PERSISTED_OPERATION_REQUIRED' };
  for (const query of [`{ ${customer('customerId')} }`, '{ nonsense', '{ __typename }']) {
    await expectRequestError(await gateway.post({ query }), upstream, expected);
  }
});

test('A query text that is sent with a trusted id is ignored', async ({ startGateway }) => {
  const gateway = await startGateway({ PERSISTED_OPERATIONS: MANIFEST });
  const { operations } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { operations: { id: string }[] };
  const persistedQuery = { version: 1, sha256Hash: operations[0]?.id };
  const response = await gateway.post({ query: '{ __schema { queryType { name } } }', extensions: { persistedQuery } });
  expect(await response.text()).not.toContain('queryType');
});
