import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { customer } from '../support/gateway.ts';
import { KNOWN_ATTACKS, LARGE_ANSWERS } from '../support/hostileCases.ts';
import { type HostileRequest, hostileRequest } from '../support/hostileRequests.ts';
import { leastMs } from '../support/leastMs.ts';
import { GATEWAY_PROGRAM, type GatewayProgram, runFirst, startProgram, whenServing } from '../support/process.ts';
import { richPages } from '../support/richPages.ts';
import { slowestBeside } from '../support/slowestBeside.ts';
import { startUpstream, type TestUpstream, text } from '../support/upstream.ts';

const MAX_CPU_MS = 500;
const MAX_BRACKETS_MS = 150;
const MAX_RESPONSE_BYTES = 5_000_000;

let upstream: TestUpstream;
let gateway: GatewayProgram;
beforeAll(async () => {
  upstream = await startUpstream();
  upstream.reply(richPages);
  gateway = await startGateway();
  // The compilation of a new process's code is not the cost of a request.
  const [page] = LARGE_ANSWERS;
  for (let i = 0; i < 30; i++) await send({ kind: 'warming up', body: '{"query":"{ __typename }"}' });
  // Each is of fifty customers, since what an operation asks again costs little.
  let customers = 0;
  for (let i = 0; i < 10; i++) {
    await send({ kind: 'warming up', body: page?.body.replaceAll('"1"', () => `"${++customers}"`) ?? '' });
  }
});
afterAll(async () => {
  await gateway.program.stop('SIGKILL');
  await upstream.close();
});

/** This is about what a request costs. A gateway on a busy machine refuses operations while its event loop lags. */
async function startGateway(env: Record<string, string> = {}): Promise<GatewayProgram> {
  const program = startProgram(GATEWAY_PROGRAM, {
    PORT: '0',
    NODE_ENV: 'production',
    INTROSPECTION: 'true',
    METRICS: 'true',
    UPSTREAM_URL: upstream.url,
    // The upstream of this test shares the machine with other tests.
    UPSTREAM_TIMEOUT_MS: '60000',
    UPSTREAM_DEADLINE_MS: '120000',
    ...env,
  });
  runFirst(program.child);
  return whenServing(program);
}

async function send({ body }: HostileRequest, { url } = gateway) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      authorization: 'Basic dGlsbDpoYXNo',
    },
    body,
  });
  return { status: response.status, text: await response.text() };
}

/** The CPU time of the gateway's process so far, in milliseconds. */
async function cpuMs(): Promise<number> {
  const metrics = await (await fetch(new URL('/metrics', gateway.url))).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1]) * 1000;
}

const besideHealthChecks = <Result>(work: () => Promise<Result>, { program, url } = gateway) =>
  slowestBeside(program, { url: new URL('/healthz', url) }, work);

/** The response to a request and the milliseconds of CPU that it took. A gateway that got too little CPU is asked again. */
async function answerTo(request: HostileRequest): Promise<{ status: number; text: string; taken: number }> {
  const before = await cpuMs();
  const answer = await send(request);
  const taken = (await cpuMs()) - before;
  return answer.status === 503 ? answerTo(request) : { ...answer, taken };
}

/** The request with a document that the gateway has not parsed yet. */
const unseen = ({ kind, body }: HostileRequest, again: number): HostileRequest => ({
  kind,
  body: body.replace('"query":"', `$&${','.repeat(again)}`),
});

async function expectHarmless(request: HostileRequest): Promise<string> {
  const { status, text: answer, taken } = await answerTo(request);
  expect(answer.length, request.kind).toBeLessThanOrEqual(MAX_RESPONSE_BYTES);
  expect([200, 400, 413], request.kind).toContain(status);
  expect(answer, request.kind).not.toContain('INTERNAL_SERVER_ERROR');
  const least = await leastMs(MAX_CPU_MS, async (again) => {
    if (again === 0) return taken;
    const other = await answerTo(unseen(request, again));
    expect(other.status, request.kind).toBe(status);
    return other.taken;
  });
  expect(least, `${request.kind}: milliseconds of CPU`).toBeLessThan(MAX_CPU_MS);
  return answer;
}

describe('A request within MAX_BODY_BYTES takes less than half a second of CPU and gets a bounded response', () => {
  test.each(KNOWN_ATTACKS)('with $kind', async (request) => {
    await expectHarmless(request);
  });

  test.each(LARGE_ANSWERS)('of almost 5 MB: $kind', async (request) => {
    expect((await expectHarmless(request)).length).toBeGreaterThan(4_000_000);
    const waited = await leastMs(MAX_CPU_MS, async () => (await besideHealthChecks(() => send(request))).slowest);
    expect(waited, 'milliseconds of CPU').toBeLessThan(MAX_CPU_MS);
  });

  test('also beside forty others that arrive at once', async () => {
    const request = KNOWN_ATTACKS.find(({ kind }) => kind.startsWith('five times 1,000 references'));
    const forty = Array.from({ length: 40 }, () => request as HostileRequest);
    const waited = await leastMs(2 * MAX_CPU_MS, async (again) => {
      const work = () => Promise.all(forty.map((each) => send(unseen(each, again))));
      return (await besideHealthChecks(work)).slowest;
    });
    expect(waited, 'milliseconds of CPU').toBeLessThan(2 * MAX_CPU_MS);
  });

  test('with any body of a hostile client', async () => {
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (request) => void (await expectHarmless(request))),
      {
        numRuns: 150,
        seed: 20_261_126,
        endOnFailure: true,
      },
    );
  });
});

describe('A response of upstream with millions of brackets holds no other client up', () => {
  const lists = (count: number) => '['.repeat(count) + ']'.repeat(count);
  test.each([
    ['that never close', '['.repeat(2_450_000)],
    ['inside each other', lists(2_450_000)],
    ['inside each other, as promotions', `{"customerId":1,"promotions":${lists(2_400_000)}}`],
    ['as promotions', `{"customerId":1,"promotions":[${'{},'.repeat(1_600_000)}{}]}`],
  ])('%s', async (kind, body) => {
    upstream.on('917000000099', text(body, 200, { 'content-type': 'application/json' }));
    const query = `{ ${customer('customerId', '917000000099')} }`;
    const waited = await leastMs(MAX_BRACKETS_MS, async () => {
      const { result, slowest } = await besideHealthChecks(() => send({ kind, body: JSON.stringify({ query }) }));
      expect(result.text).toContain('UPSTREAM_INVALID_RESPONSE');
      return slowest;
    });
    expect(waited, 'milliseconds of CPU').toBeLessThan(MAX_BRACKETS_MS);
  });
});

test('A page that is far longer than any window holds no other client up, from upstream and from the cache', async () => {
  const caching = await startGateway({ CACHE_TTL_SECONDS: '600' });
  onTestFinished(async () => void (await caching.program.stop('SIGKILL')));
  const page = JSON.stringify({ customerId: 1, promotions: [{ promotionId: 1 }, ...new Array(400_000).fill(1)] });
  upstream.reply(text(page, 200, { 'content-type': 'application/json' }));
  onTestFinished(() => upstream.reply(richPages));
  const waited = await leastMs(MAX_CPU_MS, async (again) => {
    const query = `{ ${customer('promotions { items { promotionId } warnings { message } }', `91700000000${again}`)} }`;
    const ask = async () => {
      const work = () => send({ kind: 'a long page', body: JSON.stringify({ query }) }, caching);
      const { result, slowest } = await besideHealthChecks(work, caching);
      expect(result.text).toContain('"items":[{"promotionId":"1"}]');
      expect(result.text).toContain('900 more values were replaced or dropped.');
      return slowest;
    };
    const [fromUpstream, fromCache] = [await ask(), await ask()];
    return Math.max(fromUpstream, fromCache);
  });
  expect(waited, 'milliseconds of CPU').toBeLessThan(MAX_CPU_MS);
});
