import { describe, expect } from 'vitest';
import { OWN_OAUTH, TOKENS } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { test as base } from '../support/fixture.ts';
import { BASIC, type TestGateway } from '../support/gateway.ts';
import { askEach, askOne, outcomeOf, someone } from '../support/questions.ts';
import { gate, json, pages, type Reply, reset, silent, type TestUpstream, upgrading } from '../support/upstream.ts';

const REFUSED = json({ errors: [{ status: false, code: 401, message: 'token' }] }, 401);
const ANONYMOUS = { headers: {} };

/** With a gateway that has its own OAuth client. */
const test = base.extend('gateway', ({ startGateway }) =>
  startGateway({ ...OWN_OAUTH, UPSTREAM_TIMEOUT_MS: '7000', METRICS: 'true' }),
);

/** Tokens `token-1`, `token-2`, … with this lifetime, and pages for each call that is not refused. */
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

const tokenCalls = ({ calls }: TestUpstream) => calls.filter(({ path }) => path === TOKENS);
const lookups = ({ calls }: TestUpstream) => calls.filter(({ path }) => path !== TOKENS);
const usedTokens = (upstream: TestUpstream) => lookups(upstream).map(({ headers }) => headers['x-cap-api-oauth-token']);

test('One token is requested for 40 operations at once', async ({ gateway, upstream }) => {
  const held = gate(issue(3600));
  upstream.reply((call, response) => (call.path === TOKENS ? held.reply : issue(3600))(call, response));
  const asked = askEach(gateway, 40, ANONYMOUS);
  await upstream.callsReached(1);
  held.open();
  expect(new Set((await asked).map(outcomeOf))).toEqual(new Set(['OK']));
  expect(tokenCalls(upstream)).toHaveLength(1);
  expect(usedTokens(upstream)).toEqual(Array(40).fill('token-1'));
});

test('A token is requested with key and secret, and sent without an Authorization', async ({ gateway, upstream }) => {
  upstream.reply(issue(3600));
  await askOne(gateway, someone(), ANONYMOUS);
  const [asked] = tokenCalls(upstream);
  expect([asked?.method, JSON.parse(asked?.body ?? '')]).toEqual(['POST', { key: 'the-key', secret: 'the-secret' }]);
  expect(lookups(upstream)[0]?.headers).not.toHaveProperty('authorization');
});

test("A caller's own token is never sent", async ({ gateway, upstream }) => {
  upstream.reply(issue(3600));
  const headers = { authorization: BASIC, 'x-cap-api-oauth-token': 'smuggled', cookie: 'smuggled=1' };
  await askOne(gateway, someone(), { headers });
  for (const { headers: sent } of upstream.calls) {
    expect(sent.authorization).toBeUndefined();
    expect(JSON.stringify(sent)).not.toContain('smuggled');
  }
  expect(usedTokens(upstream)).toEqual(['token-1']);
});

test('An expired token is replaced by a new one', async ({ gateway, upstream, time }) => {
  upstream.reply(issue(60));
  await askOne(gateway, someone(), ANONYMOUS);
  await time.pass(60_000);
  expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('OK');
  expect(usedTokens(upstream)).toEqual(['token-1', 'token-2']);
});

test('A revoked token is renewed once for all calls that use it, and they are repeated', async ({
  gateway,
  upstream,
}) => {
  upstream.reply(issue(3600, refusing('token-1')));
  expect((await askEach(gateway, 10, ANONYMOUS)).map(outcomeOf)).toEqual(Array(10).fill('OK'));
  expect(tokenCalls(upstream)).toHaveLength(2);
  expect(usedTokens(upstream).filter((token) => token === 'token-2')).toHaveLength(10);
});

test('A token that expires during a call is renewed for that call', async ({ gateway, upstream }) => {
  const held = gate(refusing('token-1'));
  upstream.reply(issue(3600, held.reply));
  const asked = askOne(gateway, someone(), ANONYMOUS);
  await upstream.callsReached(2);
  held.open();
  expect(outcomeOf(await asked)).toBe('OK');
  expect(usedTokens(upstream)).toEqual(['token-1', 'token-2']);
});

test('A refused token is not used by calls that begin while a new one is requested', async ({ gateway, upstream }) => {
  const held = gate(json({ data: { accessToken: 'token-2', ttlSeconds: 3600 } }));
  const first = issue(3600, refusing('token-1'));
  upstream.reply((call, response) =>
    (call.path === TOKENS && tokenCalls(upstream).length === 2 ? held.reply : first)(call, response),
  );
  const refused = askOne(gateway, someone(), ANONYMOUS);
  await upstream.callsReached(3);
  const meanwhile = askOne(gateway, someone(), ANONYMOUS);
  await eventually('operations in flight', () => gateway.metric('gateway_operations_in_flight'), 2);
  held.open();
  expect([await refused, await meanwhile].map(outcomeOf)).toEqual(['OK', 'OK']);
  expect(usedTokens(upstream)).toEqual(['token-1', 'token-2', 'token-2']);
});

test('A call is repeated once if its token is refused', async ({ gateway, upstream }) => {
  upstream.reply(issue(3600, refusing('token-1', 'token-2')));
  expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('UNAUTHENTICATED');
  expect(usedTokens(upstream)).toEqual(['token-1', 'token-2']);
});

test('A customer for which upstream always answers 401 is asked twice at first, then once, and ends no call for others', async ({
  gateway,
  upstream,
}) => {
  const refused = someone();
  upstream.reply(issue(3600));
  upstream.on(refused, REFUSED);
  for (let i = 0; i < 5; i++) {
    const [answer, ...others] = await Promise.all([
      askOne(gateway, refused, ANONYMOUS),
      ...Array.from({ length: 3 }, () => askOne(gateway, someone(), ANONYMOUS)),
    ]);
    expect([outcomeOf(answer), ...others.map(outcomeOf)]).toEqual(['UNAUTHENTICATED', 'OK', 'OK', 'OK']);
  }
  expect(lookups(upstream).filter(({ rawUrl }) => rawUrl.includes(refused))).toHaveLength(6);
  expect(tokenCalls(upstream)).toHaveLength(2);
});

describe('While the token endpoint fails,', () => {
  const failing =
    (others: Reply): Reply =>
    (call, response) =>
      (call.path === TOKENS ? json({}, 500) : others)(call, response);

  /** A token that works is in use. Gives the replies so far, and a customer that upstream refuses. */
  async function begin(gateway: TestGateway, upstream: TestUpstream, ttlSeconds: number) {
    const issuing = issue(ttlSeconds);
    upstream.reply(issuing);
    const refused = someone();
    upstream.on(refused, REFUSED);
    expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('OK');
    return { issuing, refused };
  }

  test('a refused customer takes the token from no other one, for as long as that lasts', async ({
    gateway,
    upstream,
    time,
  }) => {
    const { issuing, refused } = await begin(gateway, upstream, 3600);
    upstream.reply(failing(issuing));
    for (let i = 0; i < 12; i++) {
      expect(outcomeOf(await askOne(gateway, refused, ANONYMOUS))).toBe('UNAUTHENTICATED');
      expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('OK');
      await time.pass(11_000);
    }
  });

  test('a refused customer takes the token from no other one while it is renewed in the background', async ({
    gateway,
    upstream,
    time,
  }) => {
    const { issuing, refused } = await begin(gateway, upstream, 300);
    upstream.reply(failing(issuing));
    await time.pass(241_000);
    expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('OK');
    await gateway.logs.logged(({ msg }) => msg === 'dependency is failing');
    expect(outcomeOf(await askOne(gateway, refused, ANONYMOUS))).toBe('UNAUTHENTICATED');
    expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('OK');
  });

  test('calls that wait for a new token use the one that was refused for another customer', async ({
    gateway,
    upstream,
  }) => {
    const { issuing, refused } = await begin(gateway, upstream, 3600);
    const held = gate(json({}, 500));
    upstream.reply((call, response) => (call.path === TOKENS ? held.reply : issuing)(call, response));
    const first = askOne(gateway, refused, ANONYMOUS);
    await upstream.callsReached(4);
    const others = askEach(gateway, 5, ANONYMOUS);
    await eventually('operations in flight', () => gateway.metric('gateway_operations_in_flight'), 6);
    held.open();
    expect((await others).map(outcomeOf)).toEqual(Array(5).fill('OK'));
    expect(outcomeOf(await first)).toBe('UNAUTHENTICATED');
  });

  test('a token that is refused for three customers in a row is used no more', async ({ gateway, upstream, time }) => {
    upstream.reply(issue(3600));
    expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('OK');
    upstream.reply(failing(REFUSED));
    const outcomes: unknown[] = [];
    for (let i = 0; i < 20; i++) {
      outcomes.push(outcomeOf(await askOne(gateway, someone(), ANONYMOUS)));
      await time.pass(1000);
    }
    expect(outcomes.slice(3)).toEqual(Array(17).fill('UPSTREAM_UNAVAILABLE'));
  });
});

/** Four calls may be made at once, and none waits. */
const BUDGET_OF_FOUR = { ...OWN_OAUTH, UPSTREAM_REQUESTS_PER_MINUTE: '150', UPSTREAM_QUEUE_MS: '0' };

async function expectWholeBudget(gateway: TestGateway): Promise<void> {
  expect((await askEach(gateway, 4, ANONYMOUS)).map(outcomeOf)).toEqual(Array(4).fill('OK'));
}

test('No call budget is used while the token endpoint fails', async ({ startGateway, upstream, time }) => {
  const gateway = await startGateway(BUDGET_OF_FOUR);
  upstream.reply(json({}, 500));
  const outcomes: unknown[] = [];
  for (let i = 0; i < 10; i++) outcomes.push(outcomeOf(await askOne(gateway, someone(), ANONYMOUS)));
  expect(outcomes).toEqual(Array(10).fill('UPSTREAM_UNAVAILABLE'));
  upstream.reply(issue(3600));
  await time.pass(500);
  await expectWholeBudget(gateway);
});

test('No call budget is used while calls wait for a token that does not come', async ({
  startGateway,
  upstream,
  time,
}) => {
  const gateway = await startGateway({ ...BUDGET_OF_FOUR, METRICS: 'true' });
  const held = gate(json({}, 500));
  upstream.reply(held.reply);
  const asked = askEach(gateway, 10, ANONYMOUS);
  await eventually('operations in flight', () => gateway.metric('gateway_operations_in_flight'), 10);
  held.open();
  expect((await asked).map(outcomeOf)).toEqual(Array(10).fill('UPSTREAM_UNAVAILABLE'));
  upstream.reply(issue(3600));
  await time.pass(500);
  await expectWholeBudget(gateway);
});

test('A token that is refused for three customers, and was accepted before, was revoked: the account is not refused', async ({
  gateway,
  upstream,
  time,
}) => {
  const ask = async () => outcomeOf(await askOne(gateway, someone(), ANONYMOUS));
  const revoked: string[] = [];
  upstream.reply(issue(3600, (call, response) => refusing(...revoked)(call, response)));
  await ask();
  revoked.push('token-1');
  expect(await ask()).toBe('OK');
  // It was renewed just now, so that these refusals could be of the customers only.
  revoked.push('token-2');
  for (let i = 0; i < 10; i++) expect(await ask()).toBe('UNAUTHENTICATED');
  expect(lookups(upstream)).toHaveLength(13);
  await time.pass(10_000);
  expect(await ask()).toBe('OK');
  expect(usedTokens(upstream).at(-1)).toBe('token-3');
});

test('Refused customers beside accepted ones cost one token in ten seconds', async ({ gateway, upstream, time: _ }) => {
  upstream.reply(issue(3600));
  for (let round = 0; round < 40; round++) {
    expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('OK');
    // The token of the second one is new: until a call is accepted with it, three would refuse the account.
    for (let i = 0; i < (round === 0 ? 1 : 3); i++) {
      const refused = someone();
      upstream.on(refused, REFUSED);
      expect(outcomeOf(await askOne(gateway, refused, ANONYMOUS))).toBe('UNAUTHENTICATED');
    }
  }
  expect(tokenCalls(upstream)).toHaveLength(2);
});

const NO_TOKEN: readonly (readonly [string, Reply])[] = [
  ['fails', json({ errors: [] }, 500)],
  ['refuses the key', json({ errors: [] }, 401)],
  ['has no token in its answer', json({ data: { accessToken: null }, errors: [{ code: 1 }] })],
  ['gives a token that would break a header', json({ data: { accessToken: 'a\r\nb: c', ttlSeconds: 60 } })],
  ['gives a token that has expired', json({ data: { accessToken: 'token-1', ttlSeconds: 0 } })],
  ['is silent', silent],
  ['changes the protocol', upgrading],
  ['breaks off', reset],
  ['redirects', json({}, 307, { location: 'http://127.0.0.1:9/' })],
];

test.for(NO_TOKEN)(
  'A token endpoint that %s means UPSTREAM_UNAVAILABLE, and is called once for all operations',
  async ([, reply], { gateway, upstream, time }) => {
    upstream.reply(reply);
    const asked = askEach(gateway, 20, ANONYMOUS);
    await upstream.callsReached(1);
    if (reply === silent || reply === upgrading) await time.pass(7000);
    const answers = [...(await asked), ...(await askEach(gateway, 2, ANONYMOUS))];
    expect(answers.map(outcomeOf)).toEqual(Array(22).fill('UPSTREAM_UNAVAILABLE'));
    for (const answer of answers) expect(answer.text).not.toMatch(/the-key|the-secret|token-1|127\.0\.0\.1/);
    expect(tokenCalls(upstream)).toHaveLength(1);
    expect(lookups(upstream)).toEqual([]);
  },
);

test('A connection whose protocol the token endpoint changes is closed', async ({ gateway, upstream, time }) => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  upstream.reply((call, response) => {
    response.socket?.once('close', resolve);
    upgrading(call, response);
  });
  const asked = askOne(gateway, someone(), ANONYMOUS);
  await closed;
  await time.pass(7000);
  expect(outcomeOf(await asked)).toBe('UPSTREAM_UNAVAILABLE');
});

test('A token endpoint that failed is called again after half a second', async ({ gateway, upstream, time }) => {
  upstream.reply(json({}, 500));
  expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('UPSTREAM_UNAVAILABLE');
  upstream.reply(issue(3600));
  await time.pass(499);
  expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('UPSTREAM_UNAVAILABLE');
  await time.pass(1);
  expect(outcomeOf(await askOne(gateway, someone(), ANONYMOUS))).toBe('OK');
});
