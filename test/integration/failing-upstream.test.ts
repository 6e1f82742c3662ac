import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { customer, type QueryOptions, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { collectLogs } from '../support/logs.ts';
import * as upstreams from '../support/upstream.ts';
import { pages, type Reply, startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.reset());
afterEach(() => gateway.close());
afterAll(() => upstream.close());

let next = 917_000_000_000;
const someone = () => String(next++);
const askOne = (value = someone(), options?: QueryOptions) => gateway.query(`{ ${customer('id', value)} }`, options);
const askMany = (count: number) => Promise.all(Array.from({ length: count }, () => askOne()));
const codeOf = ({ errors }: Awaited<ReturnType<typeof askOne>>) => errors?.[0]?.extensions.code;
const down: Reply = upstreams.text('down', 503);

/** Fails so many times, and then answers. */
function failing(times: number, reply: Reply): Reply {
  let left = times;
  return (call, response) => (left-- > 0 ? reply : pages(10))(call, response);
}

describe('An attempt takes UPSTREAM_TIMEOUT_MS at the most, to the last byte', () => {
  beforeEach(async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_TIMEOUT_MS: '150', UPSTREAM_RETRIES: '0' });
  });

  test.each([
    ['an upstream that is silent', upstreams.silent],
    ['an upstream that drips', upstreams.drip],
  ])('with %s', async (_, reply) => {
    upstream.reply(reply);
    const asked = performance.now();
    expect(codeOf(await askOne())).toBe('UPSTREAM_TIMEOUT');
    expect(performance.now() - asked).toBeLessThan(1500);
    await upstream.abortsReached(1);
  });
});

describe('An operation takes UPSTREAM_DEADLINE_MS at the most', () => {
  test('with retries and all, and leaves nothing running', async () => {
    gateway = await startTestGateway(upstream, {
      UPSTREAM_TIMEOUT_MS: '150',
      UPSTREAM_DEADLINE_MS: '400',
      UPSTREAM_RETRIES: '10',
    });
    upstream.reply(upstreams.silent);
    const asked = performance.now();
    expect(codeOf(await askOne())).toBe('UPSTREAM_TIMEOUT');
    expect(performance.now() - asked).toBeLessThan(2000);
    await upstream.abortsReached(upstream.calls.length);
    expect(upstream.calls.length).toBeLessThanOrEqual(3);
  });

  test('with queueing, and answers what did arrive', async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_DEADLINE_MS: '300', UPSTREAM_CONCURRENCY: '1' });
    upstream.on('917000000002', upstreams.silent);
    const { data, errors } = await gateway.query(
      `{ ${customer('id', '917000000001', 'a: ')} ${customer('id', '917000000002', 'b: ')} ${customer('id', '917000000003', 'c: ')} }`,
    );
    expect(data).toEqual({ a: { id: '347297848' }, b: null, c: null });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT']);
    expect(upstream.calls).toHaveLength(2);
  });
});

describe('A failure is retried', () => {
  test.each([
    ['a 503', down],
    ['a connection that broke', upstreams.reset],
    ['an answer that was cut', upstreams.cutOff],
    ['an upstream that was too slow', upstreams.silent],
  ])('after %s', async (_, reply) => {
    gateway = await startTestGateway(upstream, { UPSTREAM_TIMEOUT_MS: '250' });
    upstream.reply(failing(2, reply));
    const answer = await askOne();
    expect(answer.errors).toBeUndefined();
    expect(upstream.calls).toHaveLength(3);
  });

  test('UPSTREAM_RETRIES times at the most', async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_RETRIES: '1' });
    upstream.reply(failing(2, down));
    expect(codeOf(await askOne())).toBe('UPSTREAM_UNAVAILABLE');
    expect(upstream.calls).toHaveLength(2);
  });

  test.each([
    ['an error body', upstreams.errorBody(8015)],
    ['an error body with 500', upstreams.errorBody(9999, 500)],
    ['a 400', upstreams.json({}, 400)],
    ['a 401', upstreams.json({}, 401)],
    ['a 403', upstreams.json({}, 403)],
    ['a 429', upstreams.json({}, 429)],
    ['what is no page', upstreams.text('<html>')],
  ])('but not after %s', async (_, reply) => {
    gateway = await startTestGateway(upstream);
    upstream.reply(failing(1, reply));
    expect(codeOf(await askOne())).toBeDefined();
    expect(upstream.calls).toHaveLength(1);
  });

  test('by a tenth of the calls at the most: a sick upstream never gets double', async () => {
    gateway = await startTestGateway(upstream);
    await Promise.all([askMany(50), askMany(50)]);
    const before = upstream.calls.length;
    upstream.reply(down);
    const answers = await askMany(30);
    expect(answers.map(codeOf)).toEqual(answers.map(() => 'UPSTREAM_UNAVAILABLE'));
    expect(upstream.calls.length - before).toBeLessThanOrEqual(30 + 13);
  });
});

describe('The circuit', () => {
  test('opens when upstream fails, answers at once, probes, and closes', async () => {
    const logs = collectLogs();
    gateway = await startTestGateway(upstream, { UPSTREAM_RETRIES: '0' }, logs.logger);
    upstream.reply(down);
    const answers = await askMany(25);
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    const before = upstream.calls.length;
    const { errors } = await askOne();
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 5 });
    expect(upstream.calls).toHaveLength(before);

    upstream.reply(pages(10));
    await sleep(5100);
    expect((await askOne()).errors).toBeUndefined();
    expect((await askMany(20)).flatMap(({ errors: each }) => each ?? [])).toEqual([]);
    expect(upstream.calls).toHaveLength(before + 21);
    const states = logs.lines().flatMap(({ circuit }) => circuit ?? []);
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  test.each([
    ['error bodies', upstreams.errorBody(8015)],
    ['error bodies with 500', upstreams.errorBody(9999, 500)],
    ['refused requests', upstreams.json({}, 400)],
    ['answers that are no page', upstreams.text('<html>')],
  ])('stays closed for %s', async (_, reply) => {
    gateway = await startTestGateway(upstream);
    upstream.reply(reply);
    await askMany(40);
    upstream.reply(pages(10));
    expect((await askOne()).errors).toBeUndefined();
  });

  test('stays closed for one poisoned customer asked again and again', async () => {
    gateway = await startTestGateway(upstream);
    upstream.on('917000000000', down);
    for (let i = 0; i < 30; i++) expect(codeOf(await askOne('917000000000'))).toBe('UPSTREAM_UNAVAILABLE');
    expect((await askOne()).errors).toBeUndefined();
  });
});

describe('Answers over UPSTREAM_MAX_BYTES', () => {
  test('are cut off while they are read', async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_MAX_BYTES: '100000' });
    let sent = 0;
    upstream.reply((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(64 * 1024, 0x20);
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const answer = await askOne();
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'UPSTREAM_INVALID_RESPONSE',
      upstream: { status: 200 },
    });
    await upstream.abortsReached(1);
    expect(sent).toBeLessThan(20_000_000);
    expect(upstream.calls).toHaveLength(1);
  });
});

describe('A client that goes away', () => {
  test('aborts what only it waited for, running and queued', async () => {
    const logs = collectLogs();
    gateway = await startTestGateway(upstream, { UPSTREAM_CONCURRENCY: '2' }, logs.logger);
    upstream.reply(upstreams.silent);
    const leaving = new AbortController();
    const left = [1, 2, 3, 4].map(() => askOne(someone(), { signal: leaving.signal }));
    await upstream.callsReached(2);
    leaving.abort();
    await Promise.allSettled(left);
    await upstream.abortsReached(2);
    upstream.reply(pages(10));
    expect((await askOne()).errors).toBeUndefined();
    expect(upstream.calls).toHaveLength(3);
    expect(logs.lines().filter(({ outcome }) => outcome === 'CLIENT_GONE')).toHaveLength(4);
    expect(logs.lines().filter(({ msg }) => msg === 'defect')).toEqual([]);
  });
});
