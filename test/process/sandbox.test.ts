import { describe, expect, onTestFinished, test } from 'vitest';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { type Program, startProgram } from '../support/process.ts';

function start(port: string): Program {
  const program = startProgram('src/sandbox/main.ts', { PORT: port });
  onTestFinished(async () => {
    await program.stop('SIGKILL');
  });
  return program;
}

describe('The sandbox alone', () => {
  test('prints a command that answers, and its customers', async () => {
    const program = start('0');
    const [, lookup = ''] = await program.printed(/curl '(\S+)'/);
    await program.printed(/Ctrl-C/);
    expect(await (await fetch(lookup)).json()).toMatchObject({ promotions: [{ promotionName: 'Award50' }] });
    for (const { mobile, id, email, externalId, shows } of SANDBOX_CUSTOMERS) {
      const line = program
        .output()
        .split('\n')
        .find((each) => each.trim().startsWith(mobile));
      expect(line?.trim().split(/\s{2,}/)).toEqual([mobile, String(id), email, externalId, shows]);
    }
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 at %s, with a slow answer under way', async (signal) => {
    const program = start('0');
    const [, lookup = ''] = await program.printed(/curl '(\S+)'/);
    const slow = fetch(lookup.replace('917406400033', '917000000504')).then(
      () => 'answered',
      () => 'cut',
    );
    await fetch(lookup);
    expect(await program.stop(signal)).toBe(0);
    expect(await slow).toBe('cut');
  });

  test('says in one line that its port is taken', async () => {
    const other = await startSandbox({});
    onTestFinished(() => other.close());
    const { port } = new URL(other.url);
    const program = start(port);
    expect(await program.exited).toBe(1);
    expect(program.output()).toBe(`PORT: ${port} is taken by another program. Set PORT to a free one.\n`);
  });

  test.each(['abc', '70000', '-1'])('says in one line that PORT=%s is none', async (port) => {
    const program = start(port);
    expect(await program.exited).toBe(1);
    expect(program.output()).toBe('PORT: has to be a number from 0 to 65535, such as 4100.\n');
  });
});
