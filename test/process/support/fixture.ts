// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { test as base } from '../../support/fixture.ts';
import type { GatewayProgram, Program } from '../../support/process.ts';
import * as processes from '../../support/process.ts';

/**
 * The fixture of process tests, in addition to that of all tests. Everything that still runs after a test is killed.
 * - `startProgram(file, env, args)`: a program of this project, for this test.
 * - `startGatewayProgram(env)`: the gateway as a program, for this test; without UPSTREAM_URL it is in front of its
 *   sandbox.
 */
export const test = base
  .extend('running', ({}, { onCleanup }) => {
    const running: Program[] = [];
    onCleanup(async () => {
      await Promise.all(running.map((program) => program.stop('SIGKILL')));
    });
    return running;
  })
  .extend('startProgram', ({ running }) => (...args: Parameters<typeof processes.startProgram>): Program => {
    const program = processes.startProgram(...args);
    running.push(program);
    return program;
  })
  .extend(
    'startGatewayProgram',
    ({ startProgram }) =>
      (env: Record<string, string> = {}): Promise<GatewayProgram> =>
        processes.whenServing(startProgram(processes.GATEWAY_PROGRAM, { PORT: '0', ...env })),
  );

/** `test` with the result of `start`, which all tests of the file share. */
export function testWith<Started extends { readonly program: Program }>(start: () => Promise<Started>) {
  return test.extend('started', { scope: 'file' }, async ({}, { onCleanup }) => {
    const started = await start();
    onCleanup(async () => {
      await started.program.stop('SIGKILL');
    });
    return started;
  });
}
