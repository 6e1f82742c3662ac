import { createHash } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { AUDIENCE, type IdentityProvider, ISSUER, startIdentityProvider } from '../support/identityProvider.ts';
import { collectLogs, type Logs } from '../support/logs.ts';
import { startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let provider: IdentityProvider;
let gateway: TestGateway;
let logs: Logs;
let env: Record<string, string>;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(async () => {
  upstream.reset();
  provider = await startIdentityProvider();
  logs = collectLogs();
  env = {
    UPSTREAM_AUTH: 'basic',
    UPSTREAM_USERNAME: 'till',
    UPSTREAM_PASSWORD: 'secret',
    AUTH_MODE: 'jwt',
    AUTH_JWKS_URL: provider.jwksUrl,
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_CUSTOMER_CLAIMS: 'mobile=phone_number,email=email,id=capillary_id,externalId=sub',
    AUTH_ANY_CUSTOMER_SCOPE: 'promotions:any',
    AUTH_DATA_SCOPES: 'SELF,OTHER:50405',
    AUTH_CUSTOMER_DATA_SCOPES: 'SELF,OTHER:50405',
    AUTH_CUSTOMER_SOURCES: 'INSTORE,ALL',
    METRICS: 'true',
  };
  gateway = await startTestGateway(upstream, env, logs.logger);
});
afterEach(async () => {
  await gateway.close();
  await provider.close();
});
afterAll(() => upstream.close());

const OWN = { phone_number: '+91 740 640 0033', email: 'Me@Example.com', capillary_id: 347297848 };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const readOwn = (headers: Record<string, string>) => gateway.query(`{ ${customer('id')} }`, { headers });
const codes = (answer: { errors: readonly { extensions: Record<string, unknown> }[] | undefined }) =>
  answer.errors?.map(({ extensions }) => extensions.code);
const now = () => Math.floor(Date.now() / 1000);

describe('Without a good token nothing is asked of upstream', () => {
  const refused = async (headers: Record<string, string>) => {
    const answer = await readOwn(headers);
    expect(answer.status).toBe(200);
    expect(answer.data).toBeNull();
    expect(codes(answer)).toEqual(['UNAUTHENTICATED']);
    expect(answer.errors?.[0]?.extensions.requestId).toBe(answer.headers.get('x-request-id'));
    expect(upstream.calls).toEqual([]);
  };

  test('no token', () => refused({}));
  test('garbage', () => refused(bearer('garbage')));
  test('garbage of three parts', () => refused(bearer('a.b.c')));
  test('Basic credentials', () => refused({ authorization: 'Basic dGVzdDp0ZXN0' }));
  test('expired', async () => refused(bearer(await provider.token({ ...OWN, exp: now() - 60 }))));
  test('without an end', async () => refused(bearer(await provider.token({ ...OWN, exp: undefined }))));
  test('not yet valid', async () => refused(bearer(await provider.token({ ...OWN, nbf: now() + 60 }))));
  test('wrong issuer', async () => refused(bearer(await provider.token({ ...OWN, iss: 'https://evil.example' }))));
  test('wrong audience', async () => refused(bearer(await provider.token({ ...OWN, aud: 'another' }))));
  test('signed by another key under a known name', async () => refused(bearer(await provider.strangersToken(OWN))));

  test('alg: none', () =>
    refused(bearer(new UnsecuredJWT(OWN).setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime('1h').encode())));

  test('HS256 signed with the public key', async () => {
    const token = await new SignJWT(OWN)
      .setProtectedHeader({ alg: 'HS256', kid: 'key-0' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(await provider.publicPem()));
    await refused(bearer(token));
  });

  test('of two parts, or with a third scheme beside it', async () => {
    const token = await provider.token(OWN);
    for (const authorization of [
      `Bearer ${token.split('.').slice(0, 2).join('.')}`,
      `Basic abc, Bearer ${token}`,
      token,
    ]) {
      await refused({ authorization });
    }
  });

  const keySetFailures = () => logs.lines().filter(({ msg }) => String(msg).includes('AUTH_JWKS_URL'));

  test('the key set is down, which the log tells from a bad token', async () => {
    await refused(bearer('garbage'));
    await refused(bearer(await provider.strangersToken(OWN)));
    expect(keySetFailures()).toEqual([]);
    provider.fail(true);
    await provider.rotate();
    const token = await provider.token(OWN);
    await expect.poll(() => readOwn(bearer(token)).then(codes).then(keySetFailures), { timeout: 5000 }).not.toEqual([]);
    await refused(bearer(token));
  });

  test('the key set does not answer', async () => {
    provider.hang(true);
    await refused(bearer(await provider.token(OWN)));
    expect(keySetFailures()).toHaveLength(1);
  });

  test.each(['{ __schema { queryType { name } } }', '{ _service { sdl } }', '{ __typename }', '{ nonsense'])(
    'not even %s',
    async (query) => {
      expect(codes(await gateway.query(query, { headers: {} }))).toEqual(['UNAUTHENTICATED']);
    },
  );

  test('nor a query in the address', async () => {
    const answer = await fetch(`${gateway.url}?query={__typename}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(await answer.json()).toMatchObject({ data: null, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  test("the playground's page loads all the same", async () => {
    const page = await fetch(gateway.url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect([200, 503]).toContain(page.status);
  });

  test('but health is open', async () => {
    for (const path of ['/healthz', '/readyz']) expect((await fetch(`${gateway.origin}${path}`)).status).toBe(200);
  });
});

describe('A good token', () => {
  test('reads', async () => {
    const answer = await readOwn(bearer(await provider.token(OWN)));
    expect(answer.data).toEqual({ customer: { id: '347297848' } });
  });

  test("goes upstream as the gateway's own credentials, never as the caller's", async () => {
    await readOwn({ ...bearer(await provider.token(OWN)), 'x-cap-api-oauth-token': 'smuggled' });
    const digest = createHash('md5').update('secret').digest('hex');
    expect(upstream.calls[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`till:${digest}`).toString('base64')}`);
    expect(upstream.calls[0]?.headers['x-cap-api-oauth-token']).toBeUndefined();
  });

  test('of a key rotated in is good too', async () => {
    await readOwn(bearer(await provider.token(OWN)));
    await provider.rotate();
    const token = await provider.token(OWN);
    await expect.poll(async () => (await readOwn(bearer(token))).data, { timeout: 5000 }).not.toBeNull();
  });

  test('is good while the key set is down, once its key is known', async () => {
    await readOwn(bearer(await provider.token(OWN)));
    provider.fail(true);
    expect((await readOwn(bearer(await provider.token({ ...OWN, jti: 'another' })))).data).not.toBeNull();
  });

  test('is good again when the key set is back', async () => {
    const token = await provider.token(OWN);
    provider.fail(true);
    expect(codes(await readOwn(bearer(token)))).toEqual(['UNAUTHENTICATED']);
    provider.fail(false);
    expect((await readOwn(bearer(token))).data).not.toBeNull();
  });

  test('is one of many in the metrics, and in the log by a hash of its subject', async () => {
    for (const sub of ['917406400033', '917406400034']) await readOwn(bearer(await provider.token({ ...OWN, sub })));
    const metrics = await (await fetch(`${gateway.origin}/metrics`)).text();
    expect(metrics).toContain('gateway_operations_total{caller="jwt",outcome="OK"} 2');
    const callers = logs.lines().flatMap(({ caller }) => (typeof caller === 'string' ? [caller] : []));
    expect(new Set(callers).size).toBe(2);
    for (const caller of callers) expect(caller).toMatch(/^jwt:[\w-]{12}$/);
  });

  test('is checked once, not on every request', async () => {
    const token = await provider.token(OWN);
    for (let i = 0; i < 5; i++) await readOwn(bearer(token));
    expect(provider.fetches()).toBe(1);
  });

  test('is refused once it has ended, though it was good before', async () => {
    const token = await provider.token({ ...OWN, exp: now() - 3 });
    expect((await readOwn(bearer(token))).data).not.toBeNull();
    await expect.poll(async () => codes(await readOwn(bearer(token))), { timeout: 8000 }).toEqual(['UNAUTHENTICATED']);
  });
});

describe("A customer's token reads only what its claims vouch for", () => {
  const ask = async (query: string, claims: Record<string, unknown> = OWN, variables = {}, headers = {}) =>
    gateway.query(query, { variables, headers: { ...bearer(await provider.token(claims)), ...headers } });
  const one = (name: string, value: string) =>
    `{ customer(identifier: { name: ${name}, value: "${value}" }, source: ALL) { id } }`;

  test.each([
    ['MOBILE', '917406400033'],
    ['MOBILE', '+91-740-640-0033'],
    ['EMAIL', 'ME@example.com'],
    ['ID', '347297848'],
    ['EXTERNAL_ID', 'customer-1'],
  ])('its own %s %s', async (name, value) => {
    expect((await ask(one(name, value))).data).toEqual({ customer: { id: '347297848' } });
  });

  test.each([
    ['MOBILE', '917406400034'],
    ['MOBILE', '347297848'],
    ['EMAIL', 'you@example.com'],
    ['ID', '917406400033'],
    ['ID', '1'],
    ['EXTERNAL_ID', 'CUSTOMER-1'],
    ['EXTERNAL_ID', '917406400033'],
  ])('not %s %s', async (name, value) => {
    const answer = await ask(one(name, value));
    expect(answer.data).toEqual({ customer: null });
    expect(codes(answer)).toEqual(['FORBIDDEN']);
    expect(upstream.calls).toEqual([]);
  });

  test('not through customers, where its own stays whole', async () => {
    const answer = await ask(
      '{ customers(source: ALL, identifiers: [{ name: EMAIL, value: "me@example.com" }, { name: ID, value: "2" }]) { id } }',
    );
    expect(answer.data).toEqual({ customers: [{ id: '347297848' }, null] });
    expect(codes(answer)).toEqual(['FORBIDDEN']);
    expect(upstream.calls).toHaveLength(1);
  });

  test('not through _entities by either key', async () => {
    const answer = await ask(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id source } } }',
      OWN,
      {
        r: [
          { __typename: 'Customer', id: '2' },
          { __typename: 'Customer', identifier: { name: 'MOBILE', value: '917406400034' }, source: 'ALL' },
          { __typename: 'Customer', id: '347297848', identifier: { name: 'ID', value: '2' }, source: 'ALL' },
        ],
      },
    );
    expect(answer.data).toEqual({ _entities: [null, null, null] });
    expect(codes(answer)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    expect(upstream.calls).toEqual([]);
  });

  test('not what costs no call', async () => {
    expect(codes(await ask('{ customer(identifier: { name: ID, value: "2" }, source: ALL) { source } }'))).toEqual([
      'FORBIDDEN',
    ]);
  });

  test('a claim that is unverified vouches for nothing', async () => {
    const answer = await ask(one('EMAIL', 'me@example.com'), { ...OWN, email_verified: false });
    expect(codes(answer)).toEqual(['FORBIDDEN']);
  });

  test('without claims, nobody', async () => {
    expect(codes(await ask(one('MOBILE', '917406400033'), { sub: '' }))).toEqual(['FORBIDDEN']);
  });

  test.each([
    ['scope', { scope: 'openid promotions:any' }],
    ['scp', { scp: ['promotions:any'] }],
  ])('unless its %s lets it read any', async (_, claims) => {
    expect((await ask(one('ID', '2'), claims)).data).toEqual({ customer: { id: '347297848' } });
  });

  test.each([
    ['an argument', one('ID', '347297848').replace('source: ALL', 'source: ALL, dataScope: { scope: ALL }'), {}],
    [
      'an argument with another organisation',
      one('ID', '347297848').replace(
        'source: ALL',
        'source: ALL, dataScope: { scope: OTHER, orgIds: ["50405", "50406"] }',
      ),
      {},
    ],
    ['headers', one('ID', '347297848'), { 'data-scope': 'ALL' }],
  ])('and only allowed data scopes, named by %s', async (_, query, headers) => {
    expect(codes(await ask(query, OWN, {}, headers))).toEqual(['FORBIDDEN']);
    expect(upstream.calls).toEqual([]);
  });
});

describe('Whatever else is set', () => {
  /** A gateway with these settings besides. */
  const withMore = async (more: Record<string, string>, drive: (other: TestGateway) => Promise<void>) => {
    const other = await startTestGateway(upstream, { ...env, ...more });
    await drive(other).finally(() => other.close());
  };

  test("a customer's kept answers are for nobody else", () =>
    withMore({ CACHE_TTL_SECONDS: '60' }, async (keeping) => {
      const own = bearer(await provider.token(OWN));
      const other = bearer(await provider.token({ sub: 'customer-2', phone_number: '917406400034' }));
      const query = `{ ${customer('id promotions { items { id } }')} }`;
      const codesFor = async (headers: Record<string, string>) => codes(await keeping.query(query, { headers }));
      expect([await codesFor(own), await codesFor(own)]).toEqual([undefined, undefined]);
      expect(upstream.calls).toHaveLength(1);
      expect([await codesFor(other), await codesFor({})]).toEqual([['FORBIDDEN'], ['UNAUTHENTICATED']]);
    }));

  test("with passthrough the token is the gateway's and only the other credentials are upstream's", () =>
    withMore({ UPSTREAM_AUTH: 'passthrough' }, async (passing) => {
      const own = bearer(await provider.token(OWN));
      const query = `{ ${customer('id')} }`;
      expect(codes(await passing.query(query, { headers: own }))).toEqual(['UNAUTHENTICATED']);
      expect(upstream.calls).toEqual([]);
      const { data } = await passing.query(query, { headers: { ...own, 'x-cap-api-oauth-token': 'theirs' } });
      expect(data).toEqual({ customer: { id: '347297848' } });
      expect(upstream.calls[0]?.headers['x-cap-api-oauth-token']).toBe('theirs');
      expect(upstream.calls[0]?.headers).not.toHaveProperty('authorization');
    }));
});

describe('API keys', () => {
  const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
  let keyed: TestGateway;
  beforeEach(async () => {
    keyed = await startTestGateway(upstream, {
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_USERNAME: 'till',
      UPSTREAM_PASSWORD: 'secret',
      AUTH_MODE: 'api-key',
      AUTH_API_KEYS: `shop:${sha256('shop-key')},crm:${sha256('crm-key')}`,
    });
  });
  afterEach(() => keyed.close());

  test.each(['shop-key', 'crm-key'])('%s reads any customer', async (key) => {
    const { data } = await keyed.query(`{ ${customer('id')} }`, { headers: { 'x-api-key': key } });
    expect(data).toEqual({ customer: { id: '347297848' } });
  });

  test.each([{}, { 'x-api-key': 'guess' }, { 'x-api-key': '' }, { authorization: 'Bearer shop-key' }])(
    'not with %j',
    async (headers) => {
      const answer = await keyed.query(`{ ${customer('id')} }`, { headers: headers as Record<string, string> });
      expect(codes(answer)).toEqual(['UNAUTHENTICATED']);
      expect(upstream.calls).toEqual([]);
    },
  );
});
