import { createHash, generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, onTestFinished, vi } from 'vitest';
import type { RefusalCause } from '../../src/model/refusals.ts';
import { eventually } from '../support/eventually.ts';
import { test as base } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import {
  AUDIENCE,
  bearer,
  type IdentityProvider,
  ISSUER,
  jwtCallers,
  OWN_CLAIMS,
} from '../support/identityProvider.ts';
import { codesOf, dataOf } from '../support/questions.ts';
import { connectRaw } from '../support/rawHttp.ts';

/** With a gateway whose callers have tokens of `provider`, and `read`, which queries the token's own customer. */
const test = base
  .extend('gateway', ({ startGateway, provider }) => startGateway({ ...jwtCallers(provider), METRICS: 'true' }))
  .extend('read', ({ gateway }) => (headers: Record<string, string>) => {
    return gateway.query(`{ ${customer('customerId')} }`, { headers });
  });

const OWN_CUSTOMER = { customer: { customerId: '347297848' } };
const now = () => Math.floor(Date.now() / 1000);
/** The pause between two fetches of the key set. */
const COOLDOWN_MS = 1001;

/** A token that names a key which no key set holds. */
const UNKNOWN_KEY = [{ alg: 'ES256', kid: 'unknown' }, { sub: 'x' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('c2lnbmF0dXJl')
  .join('.');

type Credentials = (provider: IdentityProvider) => Record<string, string> | Promise<Record<string, string>>;
const claiming =
  (claims: () => Record<string, unknown>): Credentials =>
  async (provider) =>
    bearer(await provider.token({ ...OWN_CLAIMS, ...claims() }));

/** What a caller sends, and the cause that only the log and the metrics have. */
const REFUSED: readonly (readonly [string, RefusalCause, Credentials])[] = [
  ['no token', 'no token', () => ({})],
  ['garbage', 'no token', () => bearer('garbage')],
  ['garbage of three parts', 'token malformed', () => bearer('a.b.c')],
  ['Basic credentials', 'no token', () => ({ authorization: 'Basic dGVzdDp0ZXN0' })],
  ['an expired token', 'token expired', claiming(() => ({ exp: now() - 60 }))],
  ['a token that never expires', 'token malformed', claiming(() => ({ exp: undefined }))],
  ['a token that is not yet valid', 'token not yet valid', claiming(() => ({ nbf: now() + 60 }))],
  ["another issuer's token", 'token issuer', claiming(() => ({ iss: 'https://evil.example' }))],
  ['a token for another audience', 'token audience', claiming(() => ({ aud: 'another' }))],
  [
    "a token signed by another key under a known key's id",
    'token signature',
    async (p) => bearer(await p.strangersToken(OWN_CLAIMS)),
  ],
  [
    'an unsigned token (alg: none)',
    'no token',
    () => bearer(new UnsecuredJWT(OWN_CLAIMS).setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime('1h').encode()),
  ],
  [
    'a token signed by HS256 with the public key as its secret',
    'token signature',
    async (provider) => {
      const token = new SignJWT(OWN_CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'key-0' });
      token.setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime('1h');
      return bearer(await token.sign(new TextEncoder().encode(await provider.publicPem())));
    },
  ],
  [
    'a token without its signature',
    'no token',
    async (provider) => bearer((await provider.token(OWN_CLAIMS)).split('.').slice(0, 2).join('.')),
  ],
  [
    'a token beside Basic credentials',
    'no token',
    async (p) => ({ authorization: `Basic abc, ${(await own(p)).authorization}` }),
  ],
  ['a token of a key that no key set holds', 'token key unknown', () => bearer(UNKNOWN_KEY)],
  ['a token without a scheme', 'no token', async (provider) => ({ authorization: await provider.token(OWN_CLAIMS) })],
];

async function own(provider: IdentityProvider, claims = {}) {
  return bearer(await provider.token({ ...OWN_CLAIMS, ...claims }));
}

describe('Callers without a good token', () => {
  test.for(REFUSED)(
    'are refused with %s, without an upstream call: %s in the log and the metrics',
    async ([, cause, credentials], { upstream, provider, gateway, read }) => {
      const response = await read(await credentials(provider));
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="promotions"');
      expect(response.data).toBeUndefined();
      expect(codesOf(response)).toEqual(['UNAUTHENTICATED']);
      expect(response.errors?.[0]?.extensions.requestId).toBe(response.headers.get('x-request-id'));
      expect(upstream.calls).toEqual([]);
      const [line] = await gateway.logs.operations(1);
      expect(line).toMatchObject({ outcome: 'UNAUTHENTICATED', cause });
      expect(await gateway.metric(`gateway_refused_operations_total{caller="anonymous",cause="${cause}"}`)).toBe(1);
    },
  );

  test.for(['{ __schema { queryType { name } } }', '{ _service { sdl } }', '{ __typename }', '{ nonsense'])(
    'are refused also for %s',
    async (query, { gateway }) => {
      expect(codesOf(await gateway.query(query, { headers: {} }))).toEqual(['UNAUTHENTICATED']);
    },
  );

  test('are refused also for a query in the address', async ({ gateway }) => {
    const response = await fetch(`${gateway.url}?query={__typename}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) })],
    });
  });

  test('are told so, however many came from their address before them', async ({
    gateway,
    provider,
    read,
    time: _,
  }) => {
    const junk = await Promise.all(
      Array.from({ length: 300 }, async () => (await gateway.post('no JSON', bearer(UNKNOWN_KEY))).status),
    );
    expect(new Set(junk)).toEqual(new Set([401]));
    expect(provider.fetches()).toBe(1);
    const expired = await read(await own(provider, { exp: now() - 60 }));
    expect(expired.status).toBe(401);
    expect(expired.errors?.[0]?.message).toBe(
      'The bearer token has expired. Send a new one in the Authorization header.',
    );
  });

  test("may load the playground's page", async ({ gateway }) => {
    const page = await fetch(gateway.url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('content-type')).toMatch(/^text\//);
  });

  test('may read /healthz and /readyz', async ({ gateway }) => {
    for (const path of ['/healthz', '/readyz']) expect((await fetch(`${gateway.origin}${path}`)).status).toBe(200);
  });
});

describe('The key set', () => {
  test('is reported in the log when it fails, but not when a token is invalid', async ({
    gateway,
    provider,
    read,
    time,
  }) => {
    const failures = () => gateway.logs.lines().filter(({ dependency }) => dependency === 'key set');
    await read(bearer('garbage'));
    await read(bearer(await provider.strangersToken(OWN_CLAIMS)));
    expect(failures()).toEqual([]);
    provider.fail(true);
    await provider.rotate();
    await time.pass(COOLDOWN_MS);
    expect(codesOf(await read(await own(provider)))).toEqual(['AUTHENTICATION_UNAVAILABLE']);
    expect(failures()).toHaveLength(1);
  });

  test('that does not respond refuses its callers, and is reported in the log', async ({ gateway, provider, read }) => {
    provider.hang(true);
    expect(codesOf(await read(await own(provider)))).toEqual(['AUTHENTICATION_UNAVAILABLE']);
    const line = await gateway.logs.logged(({ dependency }) => dependency === 'key set');
    expect(line).toMatchObject({ msg: 'dependency is failing', cause: 'no complete response in 3,000 ms' });
  });

  test('that does not come keeps at most a thousand unknown tokens waiting', async ({
    gateway,
    provider,
    read,
    time,
  }) => {
    const known = await own(provider);
    expect((await read(known)).status).toBe(200);
    provider.hang(true);
    await time.pass(COOLDOWN_MS);
    const flood = await connectRaw(gateway.origin);
    onTestFinished(() => void flood.destroy());
    const headers = `host: gateway\r\napollo-require-preflight: true\r\nauthorization: Bearer ${UNKNOWN_KEY}`;
    flood.write(`GET /graphql?query={__typename} HTTP/1.1\r\n${headers}\r\n\r\n`.repeat(1000));
    const codesOfAnother = () =>
      gateway
        .query('{ __typename }', { headers: bearer(UNKNOWN_KEY), signal: AbortSignal.timeout(200) })
        .then(codesOf, () => 'none yet');
    await eventually('the codes of another one', codesOfAnother, ['OVERLOADED']);
    expect((await read(known)).status).toBe(200);
    provider.hang(false);
    await eventually('the codes of another one', codesOfAnother, ['UNAUTHENTICATED']);
    await gateway.logs.logged(({ cause }) => cause === 'tokens verified');
  });

  test.for([
    ['with the same id', true],
    ['without an id', false],
  ] as const)('may hold two keys %s', async ([, named], { gateway, provider, read }) => {
    const before = await own(provider);
    await provider.addKey(named);
    expect(dataOf(await read(await own(provider)))).toEqual(OWN_CUSTOMER);
    if (named) expect(dataOf(await read(before))).toEqual(OWN_CUSTOMER);
    const expired = await own(provider, { exp: now() - 60 });
    const strange = bearer(await provider.strangersToken(OWN_CLAIMS));
    for (const headers of [expired, strange]) expect((await read(headers)).status).toBe(401);
    expect((await gateway.logs.operations(named ? 4 : 3)).slice(-2)).toMatchObject([
      { cause: 'token expired' },
      { cause: named ? 'token signature' : 'token key unknown' },
    ]);
  });

  test.for([
    ['is damaged', async () => ({ kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', alg: 'ES256' })],
    ['is private', async () => exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey)],
    [
      'is too short',
      async () => generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
    ],
  ] as const)('with a key that %s is the cause, not the token', async ([, makeKey], { gateway, provider, read }) => {
    const key = await makeKey();
    provider.publish({ keys: [{ ...key, kid: 'key-0' }] });
    const alg = key.kty === 'RSA' ? 'RS256' : 'ES256';
    const header = Buffer.from(JSON.stringify({ alg, kid: 'key-0' })).toString('base64url');
    const [, claims, signature] = (await provider.token(OWN_CLAIMS)).split('.');
    expect((await read(bearer([header, claims, signature].join('.')))).status).toBe(401);
    expect((await gateway.logs.operations(1))[0]).toMatchObject({ cause: 'token key unknown' });
  });

  test('may get a new key, whose tokens are accepted', async ({ provider, read, time }) => {
    await read(await own(provider));
    await provider.rotate();
    await time.pass(COOLDOWN_MS);
    expect(dataOf(await read(await own(provider)))).toEqual(OWN_CUSTOMER);
  });

  test('may be down until its keys are ten minutes old, and a minute longer for a verified token', async ({
    provider,
    read,
    time,
  }) => {
    const [verified, fresh] = [await own(provider, { jti: 'a' }), await own(provider, { jti: 'b' })];
    await read(await own(provider));
    provider.fail(true);
    await time.pass(590_000);
    expect(dataOf(await read(verified))).toEqual(OWN_CUSTOMER);
    await time.pass(11_000);
    expect(dataOf(await read(verified))).toEqual(OWN_CUSTOMER);
    expect(codesOf(await read(fresh))).toEqual(['AUTHENTICATION_UNAVAILABLE']);
    await time.pass(50_000);
    expect(codesOf(await read(verified))).toEqual(['AUTHENTICATION_UNAVAILABLE']);
  });

  test.for([
    ['a list', []],
    ['no keys', {}],
    ['keys that are no list', { keys: { kid: 'key-0' } }],
    ['a key that is none', { keys: [null] }],
    ['a text as a key', { keys: ['key-0'] }],
  ])('that is %s is not used, and the log says so', async ([, body], { gateway, provider, read }) => {
    provider.publish(body);
    expect(codesOf(await read(await own(provider)))).toEqual(['AUTHENTICATION_UNAVAILABLE']);
    const line = await gateway.logs.logged(({ dependency }) => dependency === 'key set');
    expect(line).toMatchObject({ msg: 'dependency is failing', cause: 'no keys in the response' });
  });

  test('that cannot be read is not the fault of its callers', async ({ gateway, provider, read }) => {
    provider.fail(true);
    const response = await read(await own(provider));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(response.errors).toMatchObject([
      {
        message:
          'Bearer tokens cannot be verified at the moment. Wait extensions.retryAfterSeconds seconds, then try again.',
        extensions: { code: 'AUTHENTICATION_UNAVAILABLE', retryAfterSeconds: 1 },
      },
    ]);
    const [line] = await gateway.logs.operations(1);
    expect(line).toMatchObject({ outcome: 'AUTHENTICATION_UNAVAILABLE', cause: 'key set 500' });
  });

  test('is fetched once a second while it fails', async ({ provider, read, time }) => {
    const headers = await own(provider);
    provider.fail(true);
    const statuses = await Promise.all(Array.from({ length: 150 }, async () => (await read(headers)).status));
    expect(new Set(statuses)).toEqual(new Set([503]));
    expect(provider.fetches()).toBe(1);
    provider.fail(false);
    await time.pass(COOLDOWN_MS);
    expect((await read(bearer('garbage'))).status).toBe(401);
    expect(dataOf(await read(headers))).toEqual(OWN_CUSTOMER);
  });

  test('may come back', async ({ provider, read, time }) => {
    const headers = await own(provider);
    provider.fail(true);
    expect(codesOf(await read(headers))).toEqual(['AUTHENTICATION_UNAVAILABLE']);
    provider.fail(false);
    await time.pass(COOLDOWN_MS);
    expect(dataOf(await read(headers))).toEqual(OWN_CUSTOMER);
  });
});

describe('A good token', () => {
  test("reads with the gateway's own upstream credentials, never with the caller's", async ({
    upstream,
    provider,
    read,
  }) => {
    const data = dataOf(await read({ ...(await own(provider)), 'x-cap-api-oauth-token': 'smuggled' }));
    expect(data).toEqual(OWN_CUSTOMER);
    const digest = createHash('md5').update('secret').digest('hex');
    expect(upstream.calls[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`till:${digest}`).toString('base64')}`);
    expect(upstream.calls[0]?.headers).not.toHaveProperty('x-cap-api-oauth-token');
  });

  test('is counted by its kind, and logged by a hash of its subject', async ({ gateway, provider, read }) => {
    for (const sub of ['917406400033', '917406400034']) await read(await own(provider, { sub }));
    await gateway.logs.operations(2);
    expect(await gateway.metric('gateway_operations_total{caller="jwt",outcome="OK"}')).toBe(2);
    const callers = gateway.logs.lines().flatMap(({ caller }) => (typeof caller === 'string' ? [caller] : []));
    expect(new Set(callers).size).toBe(2);
    for (const caller of callers) expect(caller).toMatch(/^jwt:[\w-]{12}$/);
  });

  test('may stand behind several spaces', async ({ provider, read }) => {
    const token = await provider.token(OWN_CLAIMS);
    expect(dataOf(await read({ authorization: `bearer   ${token}` }))).toEqual(OWN_CUSTOMER);
  });

  test('is checked with a key set that is fetched once', async ({ provider, read }) => {
    const headers = await own(provider);
    for (let i = 0; i < 5; i++) await read(headers);
    expect(provider.fetches()).toBe(1);
  });

  test('has its signature checked once a minute', async ({ provider, read, time }) => {
    const verified = vi.spyOn(crypto.subtle, 'verify');
    onTestFinished(() => verified.mockRestore());
    const [headers, others] = [await own(provider), await own(provider, { jti: 'another' })];
    for (let i = 0; i < 5; i++) expect((await read(headers)).data).toEqual(OWN_CUSTOMER);
    expect(verified).toHaveBeenCalledTimes(1);
    await read(others);
    await time.pass(59_000);
    await read(headers);
    expect(verified).toHaveBeenCalledTimes(2);
    await time.pass(1001);
    await read(headers);
    expect(verified).toHaveBeenCalledTimes(3);
    // Of a token that is about to expire, only as long as it may be used.
    const short = await own(provider, { exp: now() + 10 });
    await read(short);
    await time.pass(14_000);
    expect((await read(short)).data).toEqual(OWN_CUSTOMER);
    expect(verified).toHaveBeenCalledTimes(4);
  });

  // It was cached as valid, and clocks may differ by five seconds.
  test('is refused five seconds after it has expired', async ({ provider, read, time }) => {
    const headers = await own(provider, { exp: now() + 10 });
    expect(dataOf(await read(headers))).toEqual(OWN_CUSTOMER);
    await time.pass(14_000);
    expect(dataOf(await read(headers))).toEqual(OWN_CUSTOMER);
    await time.pass(2000);
    expect(codesOf(await read(headers))).toEqual(['UNAUTHENTICATED']);
  });
});
