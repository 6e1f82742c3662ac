import { Agent, request } from 'node:http';
import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { BASIC, customer } from '../support/gateway.ts';
import { rssMb, runFirst, startProgram, whenServing } from '../support/process.ts';
import { richPages } from '../support/richPages.ts';
import { containerEnvironment } from './support/containerEnvironment.ts';

const CONTAINER_MB = 256;
/** The kernel counts what it does for the container too. */
const MOST_MB = 240;
const CLIENTS = 8;

const ALL =
  'promotions(limit: 100) { items { id promotionId name description metadata { key value } enrolments { id } } }';
const mobile = (n: number) => String(917_000_000_000 + n);

/** A load: how many operations, and the document and credentials of each. */
type Load = { readonly count: number; document(n: number): string; credentials?(n: number): string };
const LOADS: Readonly<Record<string, Load>> = {
  '2,000 different documents': {
    count: 2000,
    document: (n) =>
      `{ ${Array.from({ length: 30 }, (_, i) => customer('customerId', mobile(n), `a${i}: `)).join(' ')} }`,
  },
  '400 customers of 100 promotions': { count: 400, document: (n) => `{ ${customer(ALL, mobile(n))} }` },
  '400 accounts': {
    count: 400,
    document: () => `{ ${customer(ALL)} }`,
    credentials: (n) => `Basic ${Buffer.from(`till${n}:hash`).toString('base64')}`,
  },
  '30 times 20 customers of 100 promotions': {
    count: 30,
    document: (n) =>
      `{ ${Array.from({ length: 20 }, (_, i) => customer(ALL, mobile(20 * n + i), `a${i}: `)).join(' ')} }`,
  },
};

test('With the heap of a container of 256 MB, the process stays under 240 MB', async ({ upstream, onTestFinished }) => {
  upstream.reply(richPages);
  // What the image runs: `npm run build` writes it.
  const program = startProgram('dist/gateway.js', {
    PORT: '0',
    UPSTREAM_URL: upstream.url,
    ...containerEnvironment(CONTAINER_MB),
    CACHE_TTL_SECONDS: '600',
    CACHE_MAX_MB: '16',
    LOG_LEVEL: 'silent',
    LOG_FORMAT: 'pretty',
  });
  const gateway = await whenServing(program);
  onTestFinished(async () => void (await gateway.program.stop('SIGKILL')));
  runFirst(gateway.program.child);
  const agent = new Agent({ keepAlive: true });
  const statusOf = (query: string, authorization: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', authorization };
      request(gateway.url, { method: 'POST', agent, headers }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      })
        .on('error', reject)
        .end(JSON.stringify({ query }));
    });
  let most = 0;
  const watching = setInterval(() => {
    most = Math.max(most, rssMb(gateway.program.child));
  }, 20);
  for (const [load, { count, document, credentials = () => BASIC }] of Object.entries(LOADS)) {
    let sent = 0;
    const work = async () => {
      while (sent < count) {
        const n = sent++;
        expect(await statusOf(document(n), credentials(n)), load).toBe(200);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, work));
    expect(most, load).toBeLessThan(MOST_MB);
    upstream.calls.length = 0;
  }
  clearInterval(watching);
  agent.destroy();
}, 400_000);
