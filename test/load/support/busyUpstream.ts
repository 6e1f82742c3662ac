import type { ServerResponse } from 'node:http';
import { pages, type RecordedCall, startUpstream } from '../../support/upstream.ts';

/**
 * An upstream with a fixed capacity, as a program: `node FILE WORKERS MS`. Each worker handles one call at a time. Other calls
 * wait for a worker, in their order of arrival. `/stats` counts the clients that disconnected before their response.
 */
const [workers = 1, serviceMs = 100] = process.argv.slice(2).map(Number);
const answer = pages(0, 1);
const waiting: (readonly [RecordedCall, ServerResponse])[] = [];
let idle = workers;

/** Responds to a call that a worker took at this time. A late timer delays this response, and not the calls after it. */
function work(call: RecordedCall, response: ServerResponse, takenAt: number): void {
  const doneAt = takenAt + serviceMs;
  setTimeout(() => {
    void answer(call, response);
    const next = waiting.shift();
    if (next === undefined) idle++;
    else work(...next, doneAt);
  }, doneAt - performance.now());
}

const upstream = await startUpstream();
upstream.reply((call, response) => {
  if (call.path === '/stats') {
    response.end(JSON.stringify({ abandoned: upstream.aborted() }));
  } else if (idle === 0) {
    waiting.push([call, response]);
  } else {
    idle--;
    work(call, response, performance.now());
  }
});
console.log(`listening at ${upstream.url}`);
process.once('SIGTERM', () => process.exit(0));
