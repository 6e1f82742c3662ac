import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BASIC, customer, type QueryOptions, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { collectLogs } from '../support/logs.ts';
import { gate, json, pageBody, pages, startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.reset());
afterEach(() => gateway.close());
afterAll(() => upstream.close());

const OTHER = { authorization: `Basic ${Buffer.from('other:5f4dcc3b5aa765d61d8327deb882cf99').toString('base64')}` };
const OWN_CREDENTIALS = {
  UPSTREAM_AUTH: 'basic',
  UPSTREAM_USERNAME: 'till',
  UPSTREAM_PASSWORD: 'secret',
  AUTH_MODE: 'api-key',
  AUTH_API_KEYS: ['shop', 'till'].map((name) => `${name}:${sha256(`${name}-key`)}`).join(','),
};
const shop = { headers: { 'x-api-key': 'shop-key' } };
const till = { headers: { 'x-api-key': 'till-key' } };

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

let next = 917_000_000_000;
const someone = () => String(next++);
const askOne = (value: string, options?: QueryOptions) => gateway.query(`{ ${customer('id', value)} }`, options);
const askMany = (count: number, options?: QueryOptions) =>
  gateway.query(
    `{ customers(source: INSTORE, identifiers: [${Array.from(
      { length: count },
      () => `{ name: MOBILE, value: "${someone()}" }`,
    ).join(' ')}]) { id } }`,
    options,
  );
const firstError = ({ errors }: Awaited<ReturnType<typeof askOne>>) => errors?.[0]?.extensions;

describe('Calls stay under UPSTREAM_REQUESTS_PER_MINUTE', () => {
  // 300 a minute: 30 at once, and then one every 222 ms.
  test('by being spaced: a tenth at once, the rest evenly', async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_REQUESTS_PER_MINUTE: '300', UPSTREAM_QUEUE_MS: '5000' });
    const at: number[] = [];
    upstream.reply((call, response) => {
      at.push(performance.now());
      return pages(1)(call, response);
    });
    const { errors } = await askMany(34, { headers: { authorization: BASIC, 'x-gateway-debug': '1' } });
    expect(errors).toBeUndefined();
    const waited = at.slice(30).map((each) => each - (at[0] ?? 0));
    expect(waited).toHaveLength(4);
    waited.forEach((each, i) => {
      expect(each).toBeGreaterThan(222 * (i + 1) - 60);
    });
  });

  test('and what would wait longer than UPSTREAM_QUEUE_MS is refused at once', async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_REQUESTS_PER_MINUTE: '60', UPSTREAM_QUEUE_MS: '3000' });
    await askMany(6);
    const settled: string[] = [];
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const answer = await askOne(someone());
        settled.push(String(firstError(answer)?.code ?? 'OK'));
        return answer;
      }),
    );
    const refused = answers.filter(({ errors }) => errors !== undefined);
    expect(refused.length).toBeGreaterThanOrEqual(5);
    expect(refused.length).toBeLessThanOrEqual(8);
    expect(settled.slice(0, refused.length)).toEqual(refused.map(() => 'UPSTREAM_RATE_LIMITED'));
    for (const answer of refused) {
      const { retryAfterSeconds } = firstError(answer) ?? {};
      expect([4, 5]).toContain(retryAfterSeconds);
    }
    expect(upstream.calls).toHaveLength(16 - refused.length);
  });

  test('and nobody pays for the calls of other credentials', async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_REQUESTS_PER_MINUTE: '10', UPSTREAM_QUEUE_MS: '0' });
    expect(firstError(await askOne(someone()))).toBeUndefined();
    expect(firstError(await askOne(someone()))).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
    expect(firstError(await askOne(someone(), { headers: OTHER }))).toBeUndefined();
  });

  test("and one caller's many do not starve another's one", async () => {
    gateway = await startTestGateway(upstream, {
      ...OWN_CREDENTIALS,
      UPSTREAM_REQUESTS_PER_MINUTE: '300',
      UPSTREAM_QUEUE_MS: '5000',
    });
    const many = askMany(40, shop);
    await upstream.callsReached(30);
    await askOne('917406400033', till);
    const place = upstream.calls.findIndex(({ query }) => query.identifierValue === '917406400033');
    expect(place).toBeGreaterThanOrEqual(30);
    expect(place).toBeLessThanOrEqual(33);
    expect((await many).errors).toBeUndefined();
  });

  test('and whose client goes away leaves the queue', async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_REQUESTS_PER_MINUTE: '60', UPSTREAM_QUEUE_MS: '5000' });
    await askMany(6);
    const leaving = new AbortController();
    const left = askOne(someone(), { signal: leaving.signal });
    const stays = askOne('917406400033');
    await new Promise((resolve) => setTimeout(resolve, 100));
    leaving.abort();
    await expect(left).rejects.toThrow();
    await stays;
    expect(upstream.calls.slice(6).map(({ query }) => query.identifierValue)).toEqual(['917406400033']);
  });
});

describe('A 429', () => {
  const tooMany = (retryAfter: string) => json({}, 429, { 'retry-after': retryAfter });

  test('fails its operation at once and silences those credentials alone', async () => {
    gateway = await startTestGateway(upstream);
    upstream.on('917000000001', tooMany('30'));
    expect(firstError(await askOne('917000000001'))).toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      retryAfterSeconds: 30,
      upstream: { status: 429 },
    });
    const refused = firstError(await askOne('917000000002'));
    expect(refused).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
    expect(refused?.retryAfterSeconds).toBeGreaterThanOrEqual(28);
    expect(upstream.calls).toHaveLength(1);
    expect(firstError(await askOne('917000000002', { headers: OTHER }))).toBeUndefined();
    expect(upstream.calls).toHaveLength(2);
  });

  test('that is soon over is waited for', async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_QUEUE_MS: '3000' });
    upstream.on('917000000001', tooMany('1'));
    const asked = performance.now();
    await askOne('917000000001');
    expect(firstError(await askOne('917000000002'))).toBeUndefined();
    expect(performance.now() - asked).toBeGreaterThan(950);
  });

  test('refuses at once whoever waits already and would now wait too long', async () => {
    gateway = await startTestGateway(upstream, { UPSTREAM_REQUESTS_PER_MINUTE: '20', UPSTREAM_QUEUE_MS: '10000' });
    const held = gate(tooMany('30'));
    upstream.on('917000000001', held.reply);
    const failing = askOne('917000000001');
    await upstream.callsReached(1);
    await askOne(someone());
    const waiting = askOne(someone());
    held.open();
    expect(firstError(await failing)).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
    const refused = firstError(await waiting);
    expect(refused).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED' });
    expect(refused?.retryAfterSeconds).toBeGreaterThanOrEqual(28);
    expect(upstream.calls).toHaveLength(2);
  });
});

describe('Identical calls in flight are one', () => {
  const asked = '917406400033';

  /** Asks for a customer, and for one more whose call shows upstream that the first one was asked for too. */
  async function joins(options?: QueryOptions) {
    const marker = someone();
    upstream.on(marker, pages(1));
    const before = upstream.calls.length;
    const answer = gateway.query(`{ ${customer('id', asked)} ${customer('id', marker, 'marker: ')} }`, options);
    answer.catch(() => {});
    await upstream.callsReached(before + 1);
    expect(upstream.calls.at(-1)?.query.identifierValue).toBe(marker);
    return { answer };
  }

  test('across operations, and each is answered', async () => {
    gateway = await startTestGateway(upstream);
    const held = gate(pages(3));
    upstream.reply(held.reply);
    const first = askOne(asked);
    await upstream.callsReached(1);
    const second = await joins({ headers: { authorization: BASIC, 'x-gateway-debug': '1' } });
    held.open();
    expect((await first).data.customer.id).toBe('347297848');
    const { data, text } = await second.answer;
    expect(data.customer.id).toBe('347297848');
    expect(JSON.parse(text).extensions.upstreamCalls).toMatchObject({ made: 1, deduplicated: 1 });
  });

  test("across callers who share the gateway's credentials", async () => {
    gateway = await startTestGateway(upstream, OWN_CREDENTIALS);
    const held = gate(pages(3));
    upstream.reply(held.reply);
    const first = askOne(asked, shop);
    await upstream.callsReached(1);
    const second = await joins(till);
    held.open();
    expect((await first).data.customer.id).toBe((await second.answer).data.customer.id);
  });

  test('but never across credentials or data scopes', async () => {
    gateway = await startTestGateway(upstream);
    const held = gate((call, response) => {
      const mine = [call.headers.authorization, call.headers['data-scope'], call.headers['data-scope-org']].join(' ');
      return json(pageBody(1, 0, 1, sha256(mine)))(call, response);
    });
    upstream.reply(held.reply);
    const scopes: Record<string, string>[] = [
      {},
      { 'data-scope': 'SELF' },
      { 'data-scope': 'ALL' },
      { 'data-scope': 'OTHER', 'data-scope-org': '1' },
      { 'data-scope': 'OTHER', 'data-scope-org': '2' },
    ];
    const asking = scopes.flatMap((scope) =>
      [BASIC, OTHER.authorization].map(async (authorization) => {
        const { data } = await askOne(asked, { headers: { authorization, ...scope } });
        const mine = [authorization, scope['data-scope'], scope['data-scope-org']].join(' ');
        return data.customer.id === sha256(mine);
      }),
    );
    await upstream.callsReached(10);
    held.open();
    expect(await Promise.all(asking)).toEqual(asking.map(() => true));
  });

  test('and a waiter that leaves, be it the first, leaves the call to the others', async () => {
    const logs = collectLogs();
    gateway = await startTestGateway(upstream, {}, logs.logger);
    const held = gate(pages(3));
    upstream.reply(held.reply);
    const leaving = new AbortController();
    const first = askOne(asked, { signal: leaving.signal });
    await upstream.callsReached(1);
    const second = await joins();
    leaving.abort();
    await expect(first).rejects.toThrow();
    await logs.logged(({ outcome }) => outcome === 'CLIENT_GONE');
    held.open();
    expect((await second.answer).data.customer.id).toBe('347297848');
    expect(upstream.aborted()).toBe(0);
  });

  test('and when the last leaves, upstream is let go', async () => {
    gateway = await startTestGateway(upstream);
    upstream.reply(() => {});
    const leaving = new AbortController();
    const first = askOne(asked, { signal: leaving.signal });
    await upstream.callsReached(1);
    const second = await joins({ signal: leaving.signal });
    leaving.abort();
    await Promise.allSettled([first, second.answer]);
    await upstream.abortsReached(1);
    upstream.reply(pages(3));
    expect((await askOne(asked)).data.customer.id).toBe('347297848');
    expect(upstream.calls).toHaveLength(3);
  });

  test('until they are delivered: nothing is kept', async () => {
    gateway = await startTestGateway(upstream);
    await askOne(asked);
    upstream.reply(pages(1, 42));
    expect((await askOne(asked)).data.customer.id).toBe('42');
    expect(upstream.calls).toHaveLength(2);
  });
});
