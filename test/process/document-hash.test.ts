import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ask } from '../support/gateway.ts';
import { test } from './support/fixture.ts';

/** Prints a line for each hash of a document that Node makes for Apollo Server. */
const WATCH = `import crypto from 'node:crypto';
const { createHash } = crypto;
crypto.createHash = (...args) => {
  if (new Error().stack.includes('computeQueryHash')) console.log('hashed by Node');
  return createHash(...args);
};`;

test("Documents are hashed by Node, not by a library's JavaScript", async ({ startGatewayProgram }) => {
  const { url, program } = await startGatewayProgram({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(WATCH)}`,
  });
  expect((await ask(url, '{ __typename }')).errors).toBeUndefined();
  await eventually('the line', () => program.output().includes('hashed by Node'), true);
});
