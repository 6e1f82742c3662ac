import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { KNOWN_ATTACKS, LARGE_ANSWERS } from '../support/hostileCases.ts';
import { hostileRequest } from '../support/hostileRequests.ts';
import { startGatewayProgram } from '../support/process.ts';
import { richPages } from '../support/richPages.ts';
import { slowestBeside } from '../support/slowestBeside.ts';
import { startUpstream } from '../support/upstream.ts';

const MAX_WAIT_MS = 500;
/** An operation waits for the main thread twice: before its call and after it. */
const MAX_OPERATION_WAIT_MS = 2 * MAX_WAIT_MS;
const MAX_RESPONSE_BYTES = 5_000_000;
const CREDENTIALS = 'Basic dGlsbDpoYXNo';
const HONEST_QUERY =
  '{ customer(identifier: { name: MOBILE, value: "917406400033" }, source: INSTORE) { customerId promotions { items { id name } } } }';

export type HostileSoak = {
  readonly requests: number;
  /** The longest wait of an honest request for the gateway in the meantime, in milliseconds of CPU time. */
  readonly slowestHealth: number;
  readonly slowestHonest: number;
  readonly largestResponse: number;
  readonly failures: readonly string[];
};

/** Sends hostile requests one after the other, with health checks and an honest client in the meantime. */
export async function soakHostile(count: number, seed: number): Promise<HostileSoak> {
  const upstream = await startUpstream();
  upstream.reply(richPages);
  const { url, program } = await startGatewayProgram({
    NODE_ENV: 'production',
    LOG_LEVEL: 'error',
    LOG_FORMAT: 'pretty',
    UPSTREAM_URL: upstream.url,
  });
  const failures: string[] = [];
  const post = async (body: string) => {
    const headers = { 'content-type': 'application/json', authorization: CREDENTIALS };
    const response = await fetch(url, { method: 'POST', headers, body });
    return response.text();
  };
  // A new process reaches its full speed after some requests.
  for (let i = 0; i < 200; i++) await post(JSON.stringify({ query: HONEST_QUERY }));
  const headers = { authorization: CREDENTIALS, 'apollo-require-preflight': 'true' };
  const health = { url: new URL('/healthz', url) };
  const honest = { url: new URL(`?query=${encodeURIComponent(HONEST_QUERY)}`, url), headers };
  let sending = true;
  const asking = (async () => {
    while (sending) {
      const text = await post(JSON.stringify({ query: HONEST_QUERY }));
      await sleep(20);
      // Other work on this machine also holds up the event loop. What the gateway itself does is measured as CPU time.
      if (text.includes('"code":"OVERLOADED"')) continue;
      if (!text.startsWith('{"data":{"customer":{"customerId":'))
        failures.push(`an honest client got ${text.slice(0, 200)}`);
    }
  })();

  let largestResponse = 0;
  const requests = [...KNOWN_ATTACKS, ...LARGE_ANSWERS, ...fc.sample(hostileRequest, { numRuns: count, seed })];
  const attack = async () => {
    for (const { kind, body } of requests) {
      const text = await post(body);
      largestResponse = Math.max(largestResponse, text.length);
      if (text.includes('INTERNAL_SERVER_ERROR')) failures.push(`a defect: ${kind}`);
    }
  };
  const { result, slowest: slowestHealth } = await slowestBeside(program, health, () =>
    slowestBeside(program, honest, attack),
  );
  const slowestHonest = result.slowest;
  sending = false;
  await asking;
  await program.stop();
  await upstream.close();
  if (largestResponse > MAX_RESPONSE_BYTES) failures.push(`an answer had ${largestResponse} bytes`);
  if (slowestHealth > MAX_WAIT_MS)
    failures.push(`/healthz took ${Math.round(slowestHealth)} ms beside hostile requests`);
  if (slowestHonest > MAX_OPERATION_WAIT_MS) failures.push(`an honest client waited ${Math.round(slowestHonest)} ms`);
  return { requests: requests.length, slowestHealth, slowestHonest, largestResponse, failures };
}
