import { expect, onTestFinished } from 'vitest';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';
import { startSandbox } from '../../src/sandbox/sandboxServer.ts';
import { SANDBOX_PROGRAM } from '../support/process.ts';
import { test } from './support/fixture.ts';

test('The sandbox prints its customers and a command that works', async ({ startProgram }) => {
  const program = startProgram(SANDBOX_PROGRAM, { PORT: '0' });
  const [, lookup = ''] = await program.printed(/curl '(\S+)'/);
  await program.printed(/Ctrl-C/);
  expect(await (await fetch(lookup)).json()).toMatchObject({ promotions: [{ promotionName: 'Award50' }] });
  const lines = program.output().split('\n');
  for (const { mobile, id, email, externalId, shows } of SANDBOX_CUSTOMERS) {
    const line = lines.find((each) => each.trim().startsWith(mobile));
    expect(line?.trim().split(/\s{2,}/)).toEqual([mobile, String(id), email, externalId, shows]);
  }
});

test.for(['SIGINT', 'SIGTERM'] as const)(
  'The sandbox exits with 0 on %s during a slow response',
  async (signal, { startProgram }) => {
    const program = startProgram(SANDBOX_PROGRAM, { PORT: '0' });
    const [, lookup = ''] = await program.printed(/curl '(\S+)'/);
    const slow = fetch(lookup.replace('917406400033', '917000000504')).then(
      () => 'answered',
      () => 'cut',
    );
    await fetch(lookup);
    expect(await program.stop(signal)).toBe(0);
    expect(await slow).toBe('cut');
  },
);

test('The sandbox reports in one line that its port is in use', async ({ startProgram }) => {
  const other = await startSandbox();
  onTestFinished(() => other.close());
  const { port } = new URL(other.url);
  const program = startProgram(SANDBOX_PROGRAM, { PORT: port });
  expect(await program.exited).toBe(1);
  expect(program.output()).toBe(`PORT: Another program uses port ${port}. Set PORT to a free port.\n`);
});

test.for(['abc', '70000', '-1'])(
  'The sandbox reports in one line that PORT=%s is not a port',
  async (port, { startProgram }) => {
    const program = startProgram(SANDBOX_PROGRAM, { PORT: port });
    expect(await program.exited).toBe(1);
    expect(program.output()).toBe(`PORT: "${port}" is not a whole number from 0 to 65535. Set one such as 4100.\n`);
  },
);
