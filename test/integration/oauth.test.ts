import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import {
  gate,
  json,
  pages,
  type RecordedCall,
  type Reply,
  reset,
  startUpstream,
  type TestUpstream,
} from '../support/upstream.ts';

const TOKEN_PATH = '/v3/oauth/token/generate';

let upstream: TestUpstream;
let gateway: TestGateway;
/** How the token endpoint answers; it counts up its tokens by default. */
let tokenReply: Reply;
let valid: (token: unknown) => boolean;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => {
  upstream.reset();
  let issued = 0;
  tokenReply = (call, response) => tokens(++issued, 3600)(call, response);
  valid = (token) => typeof token === 'string' && token.startsWith('token-');
  upstream.reply((call: RecordedCall, response: ServerResponse) => {
    if (call.path === TOKEN_PATH) return tokenReply(call, response);
    if (!valid(call.headers['x-cap-api-oauth-token'])) return json({}, 401)(call, response);
    return pages(3)(call, response);
  });
});
afterEach(() => gateway.close());
afterAll(() => upstream.close());

const tokens = (number: number, ttlSeconds: number): Reply =>
  json({ data: { accessToken: `token-${number}`, ttlSeconds }, errors: [], warnings: [] });

const start = async (env: Record<string, string> = {}) => {
  gateway = await startTestGateway(upstream, {
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_OAUTH_KEY: 'client-key',
    UPSTREAM_OAUTH_SECRET: 'client-secret',
    AUTH_ALLOW_ANONYMOUS: 'true',
    ...env,
  });
};

let next = 917_000_000_000;
const ask = (headers: Record<string, string> = {}) =>
  gateway.query(`{ ${customer('id', String(next++))} }`, { headers });
const errorOf = ({ errors }: Awaited<ReturnType<typeof ask>>) => errors?.[0]?.extensions;
const fetches = () => upstream.calls.filter(({ path }) => path === TOKEN_PATH);
const lookups = () => upstream.calls.filter(({ path }) => path !== TOKEN_PATH);
const tokensSent = () => lookups().map(({ headers }) => headers['x-cap-api-oauth-token']);

describe("The gateway's own OAuth client", () => {
  test('fetches one token for forty operations that begin at once with none', async () => {
    const held = gate(tokens(1, 3600));
    tokenReply = held.reply;
    await start();
    const asking = Array.from({ length: 40 }, () => ask());
    await upstream.callsReached(1);
    held.open();
    const answers = await Promise.all(asking);
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    expect(fetches()).toHaveLength(1);
    expect(tokensSent()).toEqual(answers.map(() => 'token-1'));
  });

  test("sends the token and no Authorization, whatever the caller's headers are", async () => {
    await start();
    await ask({
      authorization: 'Basic x',
      'x-cap-api-oauth-token': 'theirs',
      cookie: 'a=b',
      'x-forwarded-for': '1.2.3.4',
    });
    const [{ headers } = { headers: {} }] = lookups();
    expect(headers).toMatchObject({ 'x-cap-api-oauth-token': 'token-1' });
    for (const name of ['authorization', 'cookie', 'x-forwarded-for']) expect(headers).not.toHaveProperty(name);
  });

  test('renews a token in the background before it ends, while it still serves', async () => {
    await start();
    tokenReply = tokens(1, 2);
    await ask();
    const held = gate(tokens(2, 3600));
    tokenReply = held.reply;
    await sleep(1650);
    expect((await ask()).errors).toBeUndefined();
    await upstream.callsReached(4);
    expect(tokensSent()).toEqual(['token-1', 'token-1']);
    held.open();
    while ((await ask()) && tokensSent().at(-1) === 'token-1');
    expect(tokensSent().at(-1)).toBe('token-2');
    expect(fetches()).toHaveLength(2);
  });

  test('goes on with another token when one ends between two operations', async () => {
    await start();
    tokenReply = tokens(1, 0.05);
    await ask();
    tokenReply = tokens(2, 3600);
    await sleep(60);
    expect((await ask()).errors).toBeUndefined();
    expect(tokensSent()).toEqual(['token-1', 'token-2']);
  });

  test('renews once and repeats each call once when a token ends mid-flight', async () => {
    await start();
    await ask();
    valid = (token) => token === 'token-2';
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    expect(fetches()).toHaveLength(2);
    expect(tokensSent().filter((token) => token === 'token-2')).toHaveLength(10);
  });

  test('renews once and repeats a call once when a token is refused, and then says so', async () => {
    await start();
    valid = () => false;
    const answer = await ask();
    expect(errorOf(answer)).toMatchObject({ code: 'UNAUTHENTICATED', upstream: { status: 401 } });
    expect(tokensSent()).toEqual(['token-1', 'token-2']);
  });

  test('takes no token for one that is being renewed after it was refused', async () => {
    await start();
    await ask();
    valid = (token) => token === 'token-2';
    const held = gate(tokens(2, 3600));
    tokenReply = held.reply;
    const refused = ask();
    await upstream.callsReached(4);
    const meanwhile = ask();
    held.open();
    expect([(await refused).errors, (await meanwhile).errors]).toEqual([undefined, undefined]);
    expect(fetches()).toHaveLength(2);
  });
});

describe('A token endpoint that fails', () => {
  test.each<[string, Reply]>([
    ['with 500', json({}, 500)],
    ['with 401', json({ errors: [{ code: 1, message: 'client-secret is wrong' }] }, 401)],
    ['with something else', json({ data: {} })],
    ['with a token that no header could carry', json({ data: { accessToken: 'a\r\nb: c', ttlSeconds: 60 } })],
    ['with a token that has ended', json({ data: { accessToken: 'token-1', ttlSeconds: 0 } })],
    ['with a redirect', json({}, 302, { location: 'http://127.0.0.1:1/' })],
    ['by silence', () => {}],
    ['by breaking off', reset],
  ])('%s is UPSTREAM_UNAVAILABLE and not hammered', async (_, reply) => {
    await start({ UPSTREAM_TIMEOUT_MS: '200' });
    tokenReply = reply;
    for (let i = 0; i < 5; i++) {
      const answers = await Promise.all([ask(), ask(), ask(), ask()]);
      expect(answers.map((each) => errorOf(each)?.code)).toEqual(answers.map(() => 'UPSTREAM_UNAVAILABLE'));
      for (const { text } of answers) expect(text).not.toMatch(/client-|token-|127\.0\.0\.1/);
    }
    expect(errorOf(await ask())?.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(fetches().length).toBeLessThanOrEqual(3);
    expect(lookups()).toEqual([]);
  });

  test('is asked again after a while, and all is well', async () => {
    await start();
    tokenReply = json({}, 500);
    expect(errorOf(await ask())?.code).toBe('UPSTREAM_UNAVAILABLE');
    tokenReply = tokens(1, 3600);
    await sleep(1050);
    expect((await ask()).errors).toBeUndefined();
  });

  test('does no harm while the old token serves', async () => {
    await start();
    tokenReply = tokens(1, 1.5);
    await ask();
    tokenReply = json({}, 500);
    await sleep(1250);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    expect(fetches()).toHaveLength(2);
  });
});
