import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An upstream with a fixed capacity, as a program: `node FILE WORKERS MS`. Each worker handles one call at a time. Other calls
 * wait for a worker, in their order of arrival. `/stats` counts the clients that disconnected before their response.
 */
const [workers = 1, serviceMs = 100] = process.argv.slice(2).map(Number);
const page = JSON.stringify({
  pageDetails: { pageNumber: 0, pageSize: 0, totalEntries: 0, pageCount: 0 },
  customerId: 1,
  promotions: [],
  warnings: [],
});
const waiting: ServerResponse[] = [];
let idle = workers;
let abandoned = 0;

/** Responds to a call that a worker took at this time. A late timer delays this response, and not the calls after it. */
function work(response: ServerResponse, takenAt: number): void {
  const doneAt = takenAt + serviceMs;
  setTimeout(() => {
    response.end(page);
    const next = waiting.shift();
    if (next === undefined) idle++;
    else work(next, doneAt);
  }, doneAt - performance.now());
}

const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  if (request.url === '/stats') {
    response.end(JSON.stringify({ abandoned }));
    return;
  }
  response.once('close', () => {
    if (!response.writableFinished) abandoned++;
  });
  if (idle === 0) {
    waiting.push(response);
    return;
  }
  idle--;
  work(response, performance.now());
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => process.exit(0));
