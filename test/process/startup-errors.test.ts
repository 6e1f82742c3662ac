import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startProgram } from '../support/process.ts';

describe('A gateway that cannot start', () => {
  test.each([
    [{ PORT: 'http' }, /^PORT: "http" is not a whole number.*\n$/],
    [{ UPSTREAM_AUTH: 'basic', UPSTREAM_USERNAME: 'a', UPSTREAM_PASSWORD: 'secret' }, /^AUTH_MODE: .*\n$/],
    [
      { PERSISTED_OPERATIONS: '/nowhere.json' },
      /^PERSISTED_OPERATIONS: The manifest cannot be read \(ENOENT\)\. .*\n$/,
    ],
  ])('ends with 1 and this one line, without a stack: %j', async (env: Record<string, string>, line) => {
    const program = startProgram('src/main.js', { PORT: '0', ...env });
    expect(await program.exited).toBe(1);
    expect(program.output()).toMatch(line);
    expect(program.output()).not.toMatch(/secret| at /);
  });

  test.each(['PORT', 'METRICS_PORT'])('names a %s that is taken', async (variable) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const program = startProgram('src/main.js', { PORT: '0', [variable]: String(port) });
    expect(await program.exited).toBe(1);
    expect(program.output().trim()).toBe(
      `${variable}: ${port} is taken by another program. Set ${variable} to a free one.`,
    );
    taken.close();
  });
});
