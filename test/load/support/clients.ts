import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { BASIC } from '../../support/gateway.ts';
import { someone } from '../../support/questions.ts';

/** How an operation ended: OK or its error's code. `startedAt` is in milliseconds since the load began. */
export type Outcome = {
  readonly code: string;
  readonly retryAfterSeconds?: number;
  readonly startedAt: number;
  readonly ms: number;
};

const QUERY = `query ($mobile: String!) {
  customer(identifier: { name: MOBILE, value: $mobile }, source: INSTORE) { customerId }
}`;

/**
 * Clients of a gateway, as a program: `node FILE URL OPERATIONS-A-SECOND SECONDS`. It starts operations at a constant rate,
 * however long they take, and prints their outcomes as JSON.
 */
const [url = '', perSecond = '1', seconds = '1'] = process.argv.slice(2);
const { port, pathname } = new URL(url);
const agent = new Agent({ keepAlive: true });
const startedAt = performance.now();
const outcomes: Promise<Outcome>[] = [];
for (let sent = 0; sent < Number(perSecond) * Number(seconds); sent++) {
  const wait = startedAt + (sent * 1000) / Number(perSecond) - performance.now();
  // A rate is operations in a time, so time itself is waited for.
  if (wait > 1) await sleep(wait);
  outcomes.push(ask());
}
console.log(`outcomes ${JSON.stringify(await Promise.all(outcomes))}`);
agent.destroy();

async function ask(): Promise<Outcome> {
  const at = performance.now();
  const answered = post(JSON.stringify({ query: QUERY, variables: { mobile: someone() } }));
  const ended = await answered.then(
    (body) => ({ code: 'OK', ...JSON.parse(body).errors?.[0].extensions }),
    (error) => ({ code: error.code }),
  );
  const { code, retryAfterSeconds } = ended;
  return { code, retryAfterSeconds, startedAt: at - startedAt, ms: performance.now() - at };
}

function post(body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: BASIC };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: pathname, method: 'POST', agent, headers }, (response) =>
      resolve(text(response)),
    )
      .on('error', reject)
      .end(body);
  });
}
