import { expect } from 'vitest';
import { attributesOf } from '../support/collector.ts';
import { API_KEY_CALLERS, OWN_OAUTH, SHOP, TOKENS } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { jwtAuthentication } from '../support/identityProvider.ts';
import type { LogLine } from '../support/logs.ts';
import { askOne, firstError, outcomeOf, someone } from '../support/questions.ts';
import * as upstreams from '../support/upstream.ts';
import { errorBody, gate, json, pageBody, pages, type Reply } from '../support/upstream.ts';

/** Replies for the token endpoint and for lookups. */
function withTokens(token: Reply, lookup: Reply = pages(1)): Reply {
  return (call, response) => (call.path === TOKENS ? token : lookup)(call, response);
}

/** The log lines about a dependency of the gateway. */
function reportsOf(lines: readonly LogLine[], dependency: string) {
  return lines
    .filter((line) => line.dependency === dependency)
    .map(({ msg, cause, failures }) => ({ msg, ...(cause !== undefined ? { cause } : { failures }) }));
}

test.for<readonly [string, Reply, string, string, string]>([
  ['an HTTP 503', upstreams.text('', 503), 'HTTP 503', '503', 'UPSTREAM_UNAVAILABLE'],
  [
    'a page of HTML',
    upstreams.text('<h1>Maintenance</h1>'),
    'no JSON (text/html)',
    'UPSTREAM_INVALID_RESPONSE',
    'UPSTREAM_INVALID_RESPONSE',
  ],
  [
    'a connection that breaks without a word',
    upstreams.reset,
    'ECONNRESET',
    'UPSTREAM_UNAVAILABLE',
    'UPSTREAM_UNAVAILABLE',
  ],
  [
    'a response that is cut',
    upstreams.cutOff,
    'connection broke after 15 bytes',
    'UPSTREAM_UNAVAILABLE',
    'UPSTREAM_UNAVAILABLE',
  ],
])(
  'The log has the cause of a failed call, in its line and in that of its operation; spans have a status or a code: %s',
  async ([, reply, cause, callType, operationType], { upstream, startGateway, collector }) => {
    const gateway = await startGateway({ UPSTREAM_RETRIES: '0', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    upstream.reply(reply);
    const answer = await askOne(gateway);
    expect(answer.text).not.toContain(cause);
    expect(await gateway.logs.logged(({ msg }) => msg === 'upstream call failed')).toMatchObject({ cause });
    expect(await gateway.logs.logged(({ msg }) => msg === 'operation')).toMatchObject({ cause });
    await gateway.close();
    const types = collector.spans().map((span) => [span.name, attributesOf(span)['error.type']]);
    expect(Object.fromEntries(types)).toEqual({ 'GET promotionData': callType, 'POST /graphql': operationType });
  },
);

test('The log and the client are told of a page without a customer id, which is a page', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway();
  upstream.reply(json({ ...pageBody(1, 0, 1), customerId: null }));
  const { errors } = await askOne(gateway);
  expect(errors).toMatchObject([
    {
      message: 'Upstream sent no customerId that can be read. Quote the requestId when you report it.',
      extensions: { code: 'UPSTREAM_INVALID_RESPONSE' },
    },
  ]);
  expect(await gateway.logs.logged(({ msg }) => msg === 'operation')).toMatchObject({ cause: 'no customerId' });
});

test('The log names the cause for a host without an address and a port without a listener', async ({
  startGateway,
}) => {
  const causes = [];
  for (const url of ['http://nowhere.invalid', 'http://127.0.0.1:1']) {
    const gateway = await startGateway({ UPSTREAM_URL: url, UPSTREAM_RETRIES: '0' });
    expect(outcomeOf(await askOne(gateway))).toBe('UPSTREAM_UNAVAILABLE');
    causes.push((await gateway.logs.logged(({ msg }) => msg === 'upstream call failed')).cause);
  }
  expect(causes).toEqual([expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/), 'ECONNREFUSED']);
});

test('A failing token endpoint is reported at the beginning and the end, and its calls are counted', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ ...OWN_OAUTH, METRICS: 'true' });
  upstream.reply(withTokens(json({ errors: [] }, 401)));
  for (let i = 0; i < 5; i++) {
    const answer = await askOne(gateway, undefined, { headers: {} });
    expect(firstError(answer)?.code).toBe('UPSTREAM_UNAVAILABLE');
    expect(answer.text).not.toContain('token endpoint');
  }
  await time.pass(500);
  await askOne(gateway, undefined, { headers: {} });
  upstream.reply(withTokens(json({ data: { accessToken: 'token-1', ttlSeconds: 300 } })));
  await time.pass(1000);
  expect(outcomeOf(await askOne(gateway, undefined, { headers: {} }))).toBe('OK');
  expect(reportsOf(gateway.logs.lines(), 'token endpoint')).toEqual([
    { msg: 'dependency is failing', cause: 'token endpoint 401' },
    { msg: 'dependency works again', failures: 2 },
  ]);
  const operations = gateway.logs.lines().filter(({ msg }) => msg === 'operation');
  expect(operations.slice(0, 6).map(({ cause }) => cause)).toEqual(
    Array.from({ length: 6 }, () => 'token endpoint 401'),
  );
  const count = 'gateway_upstream_call_duration_seconds_count';
  expect(await gateway.metric(`${count}{kind="token",status="401",outcome="UPSTREAM_UNAVAILABLE"}`)).toBe(2);
  expect(await gateway.metric(`${count}{kind="token",status="200",outcome="OK"}`)).toBe(1);
});

test('Of an outage, each cause is logged once', async ({ upstream, startGateway, time }) => {
  const gateway = await startGateway(OWN_OAUTH);
  for (const status of [503, 401, 503, 401]) {
    upstream.reply(withTokens(json({}, status)));
    expect(outcomeOf(await askOne(gateway, undefined, { headers: {} }))).toBe('UPSTREAM_UNAVAILABLE');
    await time.pass(30_000);
  }
  expect(reportsOf(gateway.logs.lines(), 'token endpoint')).toEqual([
    { msg: 'dependency is failing', cause: 'token endpoint 503' },
    { msg: 'dependency is failing', cause: 'token endpoint 401' },
  ]);
});

test('After upstream refuses fresh tokens for three customers, no operation fetches another, and it is reported once', async ({
  upstream,
  startGateway,
  time,
}) => {
  let issued = 0;
  const gateway = await startGateway({ ...OWN_OAUTH, METRICS: 'true' });
  const issue: Reply = (call, response) =>
    json({ data: { accessToken: `token-${++issued}`, ttlSeconds: 300 } })(call, response);
  upstream.reply(withTokens(issue, json({}, 401)));
  for (let i = 0; i < 10; i++) {
    expect(firstError(await askOne(gateway, undefined, { headers: {} }))?.code).toBe('UNAUTHENTICATED');
  }
  expect(upstream.calls.map(({ path }) => (path === TOKENS ? 'token' : 'lookup'))).toEqual([
    ...['token', 'lookup', 'token', 'lookup'],
    'lookup',
    'lookup',
  ]);
  for (let minute = 0; minute < 6; minute++) {
    await time.pass(60_000);
    await askOne(gateway, undefined, { headers: {} });
  }
  expect(await gateway.metric('gateway_dependency_up{dependency="own credentials"}')).toBe(0);
  expect(reportsOf(gateway.logs.lines(), 'own credentials')).toEqual([
    { msg: 'dependency is failing', cause: 'HTTP 401' },
  ]);
});

test('A failing key set is reported at the beginning and the end, and its calls are traced', async ({
  startGateway,
  provider,
  collector,
  time,
}) => {
  const gateway = await startGateway({
    ...jwtAuthentication(provider),
    AUTH_ANY_CUSTOMER_SCOPE: 'any',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  const ask = async () =>
    askOne(gateway, undefined, { headers: { authorization: `Bearer ${await provider.token({ scope: 'any' })}` } });
  provider.fail(true);
  for (let i = 0; i < 3; i++) {
    expect(outcomeOf(await ask())).toBe('AUTHENTICATION_UNAVAILABLE');
    await time.pass(1001);
  }
  provider.fail(false);
  await ask();
  expect(reportsOf(gateway.logs.lines(), 'key set')).toEqual([
    { msg: 'dependency is failing', cause: 'key set 500' },
    { msg: 'dependency works again', failures: 3 },
  ]);
  await gateway.close();
  const fetches = collector.spans().filter(({ name }) => name === 'GET key set');
  expect(fetches.map((span) => attributesOf(span)['error.type'])).toEqual(['500', '500', '500', undefined]);
});

test.for<readonly [string, Reply, string]>([
  ['HTTP 401, as after a change of its password', json({}, 401), 'HTTP 401'],
  ['HTTP 403, as after the loss of a permission', json({}, 403), 'HTTP 403'],
  ['code 310144, as for organisations that are not connected', errorBody(310144), 'code 310144'],
])(
  'Three refusals in a row report the own account, and a success ends that: %s',
  async ([, refused, cause], { upstream, startGateway, time }) => {
    const gateway = await startGateway({ ...API_KEY_CALLERS, METRICS: 'true' });
    const since = 'gateway_dependency_failing_since_timestamp_seconds{dependency="own credentials"}';
    for (const reply of [refused, refused, pages(1), refused, refused]) {
      upstream.reply(reply);
      await askOne(gateway, undefined, { headers: SHOP });
    }
    expect(reportsOf(gateway.logs.lines(), 'own credentials')).toEqual([]);
    expect(await gateway.metric('gateway_dependency_up{dependency="own credentials"}')).toBe(1);
    await askOne(gateway, undefined, { headers: SHOP });
    expect(await gateway.metric('gateway_dependency_up{dependency="own credentials"}')).toBe(0);
    expect(Math.abs(((await gateway.metric(since)) ?? 0) - Date.now() / 1000)).toBeLessThan(60);
    // An unknown customer is an answer to accepted credentials.
    upstream.reply(errorBody(8015));
    await time.pass(500);
    await askOne(gateway, undefined, { headers: SHOP });
    expect(await gateway.metric('gateway_dependency_up{dependency="own credentials"}')).toBe(1);
    expect(await gateway.metric(since)).toBeUndefined();
    expect(reportsOf(gateway.logs.lines(), 'own credentials')).toEqual([
      { msg: 'dependency is failing', cause },
      { msg: 'dependency works again', failures: 1 },
    ]);
  },
);

test('A password that upstream refuses three times in a row is sent again only after pauses that grow', async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, METRICS: 'true' });
  upstream.reply(json({}, 401));
  const ask = (mobile?: string) => askOne(gateway, mobile, { headers: SHOP });
  const refused = {
    message: "Upstream refuses the gateway's own credentials. Ask the gateway's operators to check them.",
    extensions: { code: 'UNAUTHENTICATED' },
  };
  for (let i = 0; i < 5; i++) expect((await ask(someone())).errors?.[0]).toMatchObject(refused);
  expect(upstream.calls).toHaveLength(3);
  await time.pass(500);
  for (let i = 0; i < 5; i++) await ask();
  expect(upstream.calls).toHaveLength(4);
  await time.pass(500);
  expect(firstError(await ask())).toMatchObject({ code: 'UNAUTHENTICATED', retryAfterSeconds: 1 });
  expect(upstream.calls).toHaveLength(4);
  upstream.reply(pages(1));
  await time.pass(500);
  for (let i = 0; i < 5; i++) expect(outcomeOf(await ask())).toBe('OK');
  const causes = gateway.logs.lines().flatMap(({ msg, cause }) => (msg === 'operation' && cause ? [cause] : []));
  expect(new Set(causes)).toEqual(new Set(['HTTP 401', 'password refused']));
});

test('Calls that were in flight when a pause began do not make it longer', async ({ upstream, startGateway, time }) => {
  const gateway = await startGateway(API_KEY_CALLERS);
  const ask = (mobile = someone()) => askOne(gateway, mobile, { headers: SHOP });
  const [slow, slower] = [someone(), someone()];
  const late = gate(json({}, 401));
  const later = gate(json({}, 401));
  upstream.on(slow, late.reply);
  upstream.on(slower, later.reply);
  const inFlight = [ask(slow), ask(slower)];
  await upstream.callsReached(2);
  upstream.reply(json({}, 401));
  for (let i = 0; i < 3; i++) await ask();
  upstream.reply(pages(1));
  await time.pass(500);
  late.open();
  await inFlight[0];
  // The pause of half a second is over, and nobody made a call since.
  expect(outcomeOf(await ask())).toBe('OK');
  later.open();
  await inFlight[1];
});

test('A customer for which upstream always answers 401 does not pause the calls for others', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway(API_KEY_CALLERS);
  const refused = someone();
  upstream.on(refused, json({}, 401));
  for (let i = 0; i < 10; i++) {
    expect(firstError(await askOne(gateway, refused, { headers: SHOP }))?.code).toBe('UNAUTHENTICATED');
  }
  expect(outcomeOf(await askOne(gateway, someone(), { headers: SHOP }))).toBe('OK');
  expect(upstream.calls).toHaveLength(11);
});

test('While the own password is refused, calls are refused for that, and take nothing from the call budget', async ({
  upstream,
  startGateway,
  time: _,
}) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, UPSTREAM_REQUESTS_PER_MINUTE: '120' });
  upstream.reply(json({}, 401));
  const ask = () => askOne(gateway, someone(), { headers: SHOP });
  for (let i = 0; i < 100; i++) expect(outcomeOf(await ask())).toBe('UNAUTHENTICATED');
  expect(upstream.calls).toHaveLength(3);
});

test("The pages of the gateway's own account are ended by three customers that upstream answers with 401, not by one", async ({
  upstream,
  startGateway,
  time,
}) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, CACHE_TTL_SECONDS: '60' });
  const [cached, refused] = [someone(), someone()];
  const ask = async (mobile: string) => outcomeOf(await askOne(gateway, mobile, { headers: SHOP }));
  const callsForCached = () => upstream.calls.filter(({ rawUrl }) => rawUrl.includes(cached)).length;
  expect(await ask(cached)).toBe('OK');
  upstream.on(refused, json({}, 401));
  for (let i = 0; i < 3; i++) expect(await ask(refused)).toBe('UNAUTHENTICATED');
  expect([await ask(cached), callsForCached()]).toEqual(['OK', 1]);
  upstream.reply(json({}, 401));
  for (let i = 0; i < 3; i++) expect(await ask(someone())).toBe('UNAUTHENTICATED');
  await time.pass(500);
  upstream.reply(pages(1));
  expect([await ask(cached), callsForCached()]).toEqual(['OK', 2]);
});

test("A refusal of what the gateway's own account may not read sends its callers to the operators", async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway(API_KEY_CALLERS);
  upstream.reply(errorBody(1044));
  const { errors } = await askOne(gateway, someone(), { headers: SHOP });
  expect(errors?.[0]).toMatchObject({
    message:
      "The gateway's own credentials do not allow this customer, source or data scope. Query one that they allow, or ask the gateway's operators.",
    extensions: { code: 'FORBIDDEN' },
  });
});

test.for([
  ['basic', API_KEY_CALLERS, 4],
  ['oauth', { ...OWN_OAUTH, UPSTREAM_CONCURRENCY: '50' }, 8],
] as const)(
  'Refused customers before accepted ones refuse no account: %s',
  async ([, settings, refusals], { upstream, startGateway }) => {
    const gateway = await startGateway(settings);
    const refused = Array.from({ length: 4 }, someone);
    let issued = 0;
    const issue: Reply = (call, response) =>
      json({ data: { accessToken: `token-${++issued}`, ttlSeconds: 300 } })(call, response);
    const good = gate(pages(1));
    upstream.reply(withTokens(issue, good.reply));
    for (const mobile of refused) upstream.on(mobile, json({}, 401));
    const all = [...refused, ...Array.from({ length: 8 }, someone)];
    const aliases = all.map((mobile, index) => customer('customerId', mobile, `a${index}: `));
    const asked = gateway.query(`{ ${aliases.join(' ')} }`, { headers: SHOP });
    const refusalsLogged = () => gateway.logs.lines().filter(({ msg }) => msg === 'upstream call failed').length;
    await eventually('refusals', refusalsLogged, refusals);
    good.open();
    const { data } = await asked;
    expect(Object.values(data).filter((each) => each !== null)).toHaveLength(8);
    expect(outcomeOf(await askOne(gateway, someone(), { headers: SHOP }))).toBe('OK');
  },
);

test('An outage ends when nobody has called the dependency for five minutes', async ({
  startGateway,
  provider,
  time,
}) => {
  const gateway = await startGateway({
    ...jwtAuthentication(provider),
    AUTH_ANY_CUSTOMER_SCOPE: 'any',
    METRICS: 'true',
  });
  const up = () => gateway.metric('gateway_dependency_up{dependency="key set"}');
  const headers = { authorization: `Bearer ${await provider.token({ scope: 'any' })}` };
  provider.fail(true);
  await askOne(gateway, undefined, { headers });
  await time.pass(299_000);
  await askOne(gateway, undefined, { headers });
  await time.pass(299_000);
  expect(await up()).toBe(0);
  await time.pass(1000);
  expect(await up()).toBe(1);
  expect(reportsOf(gateway.logs.lines(), 'key set')).toEqual([
    { msg: 'dependency is failing', cause: 'key set 500' },
    { msg: 'dependency was failing, and has not been called for five minutes', failures: 2 },
  ]);
});
