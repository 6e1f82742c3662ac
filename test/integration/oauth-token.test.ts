import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BASIC, customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { gate, json, pages, type Reply, reset, silent, startUpstream, type TestUpstream } from '../support/upstream.ts';

const TOKENS = '/v3/oauth/token/generate';
const REFUSED = json({ errors: [{ status: false, code: 401, message: 'token' }] }, 401);

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(async () => {
  upstream.reset();
  gateway = await startTestGateway(upstream, {
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_OAUTH_KEY: 'the-key',
    UPSTREAM_OAUTH_SECRET: 'the-secret',
    AUTH_ALLOW_ANONYMOUS: 'true',
    UPSTREAM_TIMEOUT_MS: '2000',
  });
});
afterEach(() => gateway.close());
afterAll(() => upstream.close());

/** Tokens `token-1`, `token-2`, … of this life, and pages for whoever is not refused. */
function issue(ttlSeconds: number, lookup: Reply = pages(1)): Reply {
  let issued = 0;
  return (call, response) => {
    if (call.path !== TOKENS) return lookup(call, response);
    return json({ data: { accessToken: `token-${++issued}`, ttlSeconds }, errors: null })(call, response);
  };
}

const refusing =
  (...tokens: string[]): Reply =>
  (call, response) => {
    const token = String(call.headers['x-cap-api-oauth-token']);
    return (tokens.includes(token) ? REFUSED : pages(1))(call, response);
  };

const tokenCalls = () => upstream.calls.filter(({ path }) => path === TOKENS);
const lookups = () => upstream.calls.filter(({ path }) => path !== TOKENS);
const usedTokens = () => lookups().map(({ headers }) => headers['x-cap-api-oauth-token']);
const askFor = (index: number) =>
  gateway.query(`{ ${customer('id', String(917_000_000_000 + index))} }`, { headers: {} });
const askForAll = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => askFor(i)));
const codes = (answers: readonly Awaited<ReturnType<typeof askFor>>[]) =>
  answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK');

describe('One token', () => {
  test('is fetched for 40 operations at once', async () => {
    const held = gate(issue(3600));
    upstream.reply((call, response) => (call.path === TOKENS ? held.reply : issue(3600))(call, response));
    const asked = askForAll(40);
    await upstream.callsReached(1);
    held.open();
    expect(new Set(codes(await asked))).toEqual(new Set(['OK']));
    expect(tokenCalls()).toHaveLength(1);
    expect(lookups()).toHaveLength(40);
    expect(new Set(usedTokens())).toEqual(new Set(['token-1']));
  });

  test('is asked for with key and secret, and sent without an Authorization', async () => {
    upstream.reply(issue(3600));
    await askFor(1);
    const [asked] = tokenCalls();
    expect([asked?.method, JSON.parse(asked?.body ?? '')]).toEqual(['POST', { key: 'the-key', secret: 'the-secret' }]);
    expect(lookups()[0]?.headers).not.toHaveProperty('authorization');
  });

  test("is never a caller's own", async () => {
    upstream.reply(issue(3600));
    const headers = { authorization: BASIC, 'x-cap-api-oauth-token': 'smuggled', cookie: 'smuggled=1' };
    await gateway.query(`{ ${customer('id')} }`, { headers });
    for (const { headers: sent } of upstream.calls) {
      expect(sent.authorization).toBeUndefined();
      expect(JSON.stringify(sent)).not.toContain('smuggled');
    }
    expect(usedTokens()).toEqual(['token-1']);
  });

  test('that has ended is followed by another', async () => {
    upstream.reply(issue(0.2));
    await askFor(1);
    await expect
      .poll(async () => codes([await askFor(2)]).concat(String(usedTokens().at(-1))))
      .toEqual(['OK', 'token-2']);
  });
});

describe('A token that upstream refuses', () => {
  test('because it was revoked is renewed once for all that use it, and their calls repeated', async () => {
    upstream.reply(issue(3600, refusing('token-1')));
    expect(new Set(codes(await askForAll(10)))).toEqual(new Set(['OK']));
    expect(tokenCalls()).toHaveLength(2);
    expect(usedTokens().filter((token) => token === 'token-2')).toHaveLength(10);
  });

  test('because it ended while a call was under way is renewed for that call', async () => {
    const held = gate(refusing('token-1'));
    upstream.reply(issue(3600, held.reply));
    const asked = askFor(1);
    await upstream.callsReached(2);
    held.open();
    expect(codes([await asked])).toEqual(['OK']);
    expect(usedTokens()).toEqual(['token-1', 'token-2']);
  });

  test('is used by nobody who begins while another is fetched', async () => {
    const held = gate(json({ data: { accessToken: 'token-2', ttlSeconds: 3600 } }));
    const first = issue(3600, refusing('token-1'));
    upstream.reply((call, response) =>
      (call.path === TOKENS && tokenCalls().length === 2 ? held.reply : first)(call, response),
    );
    const refused = askFor(1);
    await upstream.callsReached(3);
    const meanwhile = askFor(2);
    held.open();
    expect(codes(await Promise.all([refused, meanwhile]))).toEqual(['OK', 'OK']);
    expect(usedTokens()).toEqual(['token-1', 'token-2', 'token-2']);
  });

  test('and whose successor it refuses too ends the call: it is repeated once', async () => {
    upstream.reply(issue(3600, refusing('token-1', 'token-2')));
    expect(codes([await askFor(1)])).toEqual(['UNAUTHENTICATED']);
    expect(usedTokens()).toEqual(['token-1', 'token-2']);
  });
});

describe('A token endpoint that gives none', () => {
  test.each<[string, Reply]>([
    ['as it fails', json({ errors: [] }, 500)],
    ['as it refuses the key', json({ errors: [] }, 401)],
    ['in its answer', json({ data: { accessToken: null }, errors: [{ code: 1 }] })],
    ['in a token that would break a header', json({ data: { accessToken: 'a\r\nb: c', ttlSeconds: 60 } })],
    ['but one that has ended', json({ data: { accessToken: 'token-1', ttlSeconds: 0 } })],
    ['but silence', silent],
    ['but breaks off', reset],
    ['but sends elsewhere', json({}, 307, { location: 'http://127.0.0.1:9/' })],
  ])('%s means UPSTREAM_UNAVAILABLE, and is not hammered', async (_, reply) => {
    upstream.reply(reply);
    const answers = await askForAll(20);
    expect(new Set(codes(answers))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    for (const answer of answers) expect(answer.text).not.toMatch(/the-key|the-secret|token-1|127\.0\.0\.1/);
    expect(new Set(codes([await askFor(1), await askFor(2)]))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    expect(tokenCalls().length).toBeLessThanOrEqual(3);
    expect(lookups()).toEqual([]);
  });

  test('is asked again after a while', async () => {
    upstream.reply(json({}, 500));
    expect(codes([await askFor(1)])).toEqual(['UPSTREAM_UNAVAILABLE']);
    upstream.reply(issue(3600));
    await expect.poll(async () => codes([await askFor(1)]), { timeout: 5000 }).toEqual(['OK']);
  });
});
