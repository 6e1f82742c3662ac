import { type ChildProcess, spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { BASIC, customer } from '../support/gateway.ts';
import { runFirst, startGatewayProgram, startProgram } from '../support/process.ts';
import { someone } from '../support/questions.ts';

const CLIENTS = 16;
/** Operations of each client, one after the other, and customers of each operation. */
const OPERATIONS = 36;
const CUSTOMERS = 20;

// A shared machine that stops for a second in between has each client refused once. What the gateway does, it does every time.
test('A gateway with a quarter of a core is slow in front of a quick upstream, and refuses nothing', {
  retry: 2,
}, async () => {
  const upstream = startProgram('test/load/support/busyUpstream.ts', {}, ['1000', '2']);
  onTestFinished(async () => void (await upstream.stop('SIGKILL')));
  const [, upstreamUrl = ''] = await upstream.printed(/listening at (\S+)/);
  const { url, program } = await startGatewayProgram({
    UPSTREAM_URL: upstreamUrl,
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'pretty',
  });
  onTestFinished(async () => void (await program.stop('SIGKILL')));
  for (const each of [upstream, program]) runFirst(each.child);

  starve(program.child);
  const outcomes = await Promise.all(Array.from({ length: CLIENTS }, () => outcomesOf(url)));
  const failed = outcomes.flat().filter((outcome) => outcome !== 'OK');
  console.info(`${failed.length} of ${CLIENTS * OPERATIONS} failed:`, [...new Set(failed)]);
  expect(failed.length).toBeLessThanOrEqual(0.01 * CLIENTS * OPERATIONS);
});

/** How one client's operations end: OK, or the code of the first error. */
async function outcomesOf(url: string): Promise<string[]> {
  const outcomes: string[] = [];
  for (let asked = 0; asked < OPERATIONS; asked++) {
    const aliases = Array.from({ length: CUSTOMERS }, (_, index) =>
      customer('promotions(limit: 10) { items { promotionId name } }', someone(), `c${index}: `),
    );
    const body = JSON.stringify({ query: `{ ${aliases.join(' ')} }` });
    const headers = { 'content-type': 'application/json', authorization: BASIC };
    const response = await fetch(url, { method: 'POST', headers, body });
    const text = await response.text();
    outcomes.push(/"code":"(\w+)"/.exec(text)?.[1] ?? (response.ok ? 'OK' : String(response.status)));
  }
  return outcomes;
}

/** Lets a process run for a quarter of the time until it ends, as a container's CPU limit does. */
function starve({ pid }: ChildProcess): void {
  const stopAndContinue = `while kill -STOP ${pid}; do sleep 0.08; kill -CONT ${pid}; sleep 0.01; done`;
  runFirst(spawn('sh', ['-c', stopAndContinue], { stdio: 'ignore' }));
}
