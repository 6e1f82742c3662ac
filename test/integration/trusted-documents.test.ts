import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { expectRequestError } from '../support/requestErrors.ts';

const MANIFEST = 'examples/storefront/persisted-operations.json';

test('A document that is not trusted is refused before it is validated, and asks nothing of upstream', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ PERSISTED_OPERATIONS: MANIFEST });
  const expected = { status: 400, code: 'PERSISTED_OPERATION_REQUIRED' };
  for (const query of [`{ ${customer('id')} }`, '{ nonsense', '{ __typename }']) {
    await expectRequestError(await gateway.post({ query }), upstream, expected);
  }
});

test('A text that comes with a trusted id does not count', async ({ startGateway }) => {
  const gateway = await startGateway({ PERSISTED_OPERATIONS: MANIFEST });
  const { operations } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { operations: { id: string }[] };
  const persistedQuery = { version: 1, sha256Hash: operations[0]?.id };
  const response = await gateway.post({ query: '{ __schema { queryType { name } } }', extensions: { persistedQuery } });
  expect(await response.text()).not.toContain('queryType');
});
