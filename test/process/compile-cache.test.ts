import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { test } from './support/fixture.ts';

test('The program keeps no code in the folder of temporary files, where others may write', async ({
  startGatewayProgram,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-compile-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { program } = await startGatewayProgram({ TMPDIR: folder });
  expect(await program.stop()).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});
