import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';

const LINES = 20_000;

/** Writes more than is stored for a reader that does not read, runs this, and reports the result. */
function startWriting(then: string): ChildProcess {
  const program = `
    import { endOnSignal } from './src/start/shutdown.ts';
    import { createLogger, droppedLogLines } from './src/telemetry/logger.ts';
    const logger = await createLogger('info', 'json');
    for (let line = 0; line < ${LINES}; line += 1) logger.info({ filling: 'x'.repeat(500) }, 'line');
    ${then}
    process.send('written');`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
}

test('Lines that are not read in time are dropped and counted, and later lines are written', async () => {
  const program = startWriting(
    "process.stdin.resume().on('end', () => logger.info({ total: droppedLogLines() }, 'end'))",
  );
  await once(program, 'message');
  const lines: { msg: string; lines?: number; total?: number }[] = [];
  for await (const line of createInterface({ input: program.stdout as Readable })) {
    lines.push(JSON.parse(line));
    if (lines.at(-1)?.lines !== undefined) program.stdin?.end();
  }
  const written = lines.filter(({ msg }) => msg === 'line').length;
  const dropped = lines.filter(({ lines }) => lines !== undefined);
  expect(dropped).toEqual([
    expect.objectContaining({
      msg: 'log lines were dropped because they were not read in time',
      lines: LINES - written,
    }),
  ]);
  expect(written).toBeGreaterThan(4000);
  expect(written).toBeLessThan(LINES);
  expect(lines.at(-1)).toMatchObject({ msg: 'end', total: LINES - written });
});

test('An unread log does not keep the process alive after the time for requests in flight', async () => {
  const program = startWriting('endOnSignal({ delayMs: 0, timeoutMs: 100 }, { drain() {}, async close() {} })');
  await once(program, 'message');
  const exited = once(program, 'exit');
  const at = performance.now();
  program.kill('SIGTERM');
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(performance.now() - at).toBeGreaterThan(500);
});
