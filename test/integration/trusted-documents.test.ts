import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
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

test('A request with an id that the manifest does not have is told so', async ({ startGateway, upstream }) => {
  const gateway = await startGateway({ PERSISTED_OPERATIONS: MANIFEST });
  for (const body of [{ documentId: 'old' }, { extensions: { persistedQuery: { version: 1, sha256Hash: 'old' } } }]) {
    const { errors } = (await (await gateway.post(body)).json()) as { errors: { message: string }[] };
    expect(errors[0]?.message).toBe('There is no trusted document of this id.');
  }
  expect(upstream.calls).toEqual([]);
  const lines = await gateway.logs.operations(2);
  expect(lines.map(({ cause }) => cause)).toEqual(['document id unknown', 'document id unknown']);
});

test('A query text that is sent with a trusted id is ignored', async ({ startGateway }) => {
  const gateway = await startGateway({ PERSISTED_OPERATIONS: MANIFEST });
  const { operations } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { operations: { id: string }[] };
  const persistedQuery = { version: 1, sha256Hash: operations[0]?.id };
  const response = await gateway.post({ query: '{ __schema { queryType { name } } }', extensions: { persistedQuery } });
  expect(await response.text()).not.toContain('queryType');
});

function manifestOf(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'documents.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test('A documentId is looked up as it was sent, and then without its prefix', async ({ startGateway }) => {
  const documents = { 'sha256:a': '{ prefixed: __typename }', a: '{ bare: __typename }', b: '{ other: __typename }' };
  const gateway = await startGateway({ PERSISTED_OPERATIONS: manifestOf(documents) });
  const found = async (documentId: string) => (await gateway.post({ documentId })).json();
  expect(await found('sha256:a')).toEqual({ data: { prefixed: 'Query' } });
  expect(await found('a')).toEqual({ data: { bare: 'Query' } });
  expect(await found('sha256:b')).toEqual({ data: { other: 'Query' } });
});

test.for([
  ['another version', { format: 'apollo-persisted-query-manifest', version: 2, operations: [] }],
  ['a document without a text', { a: '' }],
  ['a list', ['{ __typename }']],
])('A manifest with %s stops the start', async ([, content], { startGateway }) => {
  await expect(startGateway({ PERSISTED_OPERATIONS: manifestOf(content) })).rejects.toThrow(
    'PERSISTED_OPERATIONS: The file is not a manifest of documents.',
  );
});

test.for([
  ['no document', {}, 'It contains no document.'],
  [
    'no operation',
    { format: 'apollo-persisted-query-manifest', version: 1, operations: [] },
    'It contains no document.',
  ],
  [
    'a document that cannot be parsed',
    { a: '{ __typename }', b: 'query {' },
    'The document "b" would be refused: Syntax',
  ],
  [
    'a field that the schema does not have',
    { a: 'query { nope }' },
    'The document "a" would be refused: Cannot query field "nope" on type "Query". Mend the document, or take it out',
  ],
  [
    'a document over a limit',
    { a: `{ ${Array.from({ length: 61 }, (_, index) => `a${index}: __typename`).join(' ')} }` },
    'The document "a" would be refused: The operation must have at most 60 aliases, got 61.',
  ],
  [
    'introspection',
    { a: '{ __schema { description } }' },
    'The document "a" would be refused: Introspection is disabled.',
  ],
] as const)('A manifest with %s stops the start', async ([, content, problem], { startGateway }) => {
  const env = { PERSISTED_OPERATIONS: manifestOf(content), INTROSPECTION: 'false' };
  await expect(startGateway(env)).rejects.toThrow(`PERSISTED_OPERATIONS: ${problem}`);
});

test('A manifest that is no JSON stops the start', async ({ startGateway }) => {
  await expect(startGateway({ PERSISTED_OPERATIONS: 'README.md' })).rejects.toThrow(
    'PERSISTED_OPERATIONS: The manifest README.md cannot be read (not JSON). Set the path of the file that',
  );
});
