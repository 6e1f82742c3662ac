import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';

const LINES = 20_000;

/** Writes more than is stored for a reader that does not read, runs this, and reports the result. */
function startWriting(then: string, stdout: 'pipe' | number = 'pipe', lines = LINES): ChildProcess {
  const program = `
    import { endOnSignal } from './src/start/shutdown.ts';
    import { createLogger, droppedLogLines } from './src/telemetry/logger.ts';
    const logger = await createLogger('info', 'json');
    for (let line = 0; line < ${lines}; line += 1) logger.info({ filling: 'x'.repeat(500) }, 'line');
    ${then}
    process.send('written');`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', stdout, 'inherit', 'ipc'] });
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
  const program = startWriting(
    'endOnSignal({ delayMs: 0, timeoutMs: 100 }, { report: (line, members) => logger.info(members, line), drain() {}, async finish() {}, async close() {} })',
  );
  await once(program, 'message');
  const exited = once(program, 'exit');
  const at = performance.now();
  program.kill('SIGTERM');
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(performance.now() - at).toBeGreaterThan(500);
});

const AFTER_EACH_WRITE = `
  process.stdin.on('data', () => {
    for (let line = 0; line < 100; line += 1) logger.info({ filling: 'x'.repeat(500) }, 'line');
    setTimeout(() => process.send(droppedLogLines()), 100);
  });
  endOnSignal({ delayMs: 0, timeoutMs: 5000 }, { report: (line, members) => logger.info(members, line), drain() {}, async finish() {}, async close() { process.stdin.destroy(); process.disconnect(); } });`;

/** How many lines are dropped while the program writes 100 more. */
async function droppedOf100(program: ChildProcess): Promise<number> {
  const before = await dropped(program);
  return (await dropped(program)) - before;
}

async function dropped(program: ChildProcess): Promise<number> {
  program.stdin?.write('\n');
  const [count] = await once(program, 'message');
  return count;
}

test('A full disk behind stdout ends no process, its lines are counted, and nothing waits for them at the end', async () => {
  const disk = openSync('/dev/full', 'w');
  const program = startWriting(AFTER_EACH_WRITE, disk);
  closeSync(disk);
  await once(program, 'message');
  expect(await droppedOf100(program)).toBe(100);
  program.kill('SIGTERM');
  expect(await once(program, 'exit')).toEqual([0, null]);
});

test('A reader that has gone ends no process, and the lines after that are counted', async () => {
  const program = startWriting(AFTER_EACH_WRITE, 'pipe', 0);
  await once(program, 'message');
  program.stdout?.destroy();
  await dropped(program);
  expect(await droppedOf100(program)).toBe(100);
  program.kill('SIGTERM');
  expect(await once(program, 'exit')).toEqual([0, null]);
});
