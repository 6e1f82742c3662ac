import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { AUDIENCE, ISSUER } from '../support/identityProvider.ts';
import { codesOf } from '../support/questions.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const CLAIMS = { phone_number: '917406400033', capillary_id: '347297848', email: 'me@example.com' };

const settings = (jwksUrl: string) => ({
  UPSTREAM_AUTH: 'basic',
  UPSTREAM_USERNAME: 'till',
  UPSTREAM_PASSWORD: 'secret',
  AUTH_MODE: 'jwt',
  AUTH_JWKS_URL: jwksUrl,
  AUTH_ISSUER: ISSUER,
  AUTH_AUDIENCE: AUDIENCE,
  AUTH_CUSTOMER_CLAIMS: 'mobile=phone_number,email=email,id=capillary_id',
  AUTH_ANY_CUSTOMER_SCOPE: 'promotions:any',
  AUTH_CUSTOMER_SOURCES: 'INSTORE',
});

const own = (source: string) =>
  `{ customer(identifier: { name: ID, value: "347297848" }, source: ${source}) { customerId } }`;

test('A customer’s own token reads in its source and the default data scope', async ({ startGateway, provider }) => {
  const gateway = await startGateway(settings(provider.jwksUrl));
  const headers = bearer(await provider.token(CLAIMS));
  const answers = [
    await gateway.query(own('INSTORE'), { headers }),
    await gateway.query(own('INSTORE'), { headers: { ...headers, 'data-scope': 'SELF' } }),
  ];
  expect(answers.map(codesOf)).toEqual([[], []]);
});

test('A customer’s own token reads in no other source or data scope', async ({ startGateway, provider, upstream }) => {
  const gateway = await startGateway(settings(provider.jwksUrl));
  const headers = bearer(await provider.token(CLAIMS));
  const answers = [
    await gateway.query(own('FACEBOOK'), { headers }),
    await gateway.query(own('ALL'), { headers }),
    await gateway.query(own('INSTORE'), { headers: { ...headers, 'data-scope': 'ALL' } }),
    await gateway.query(own('INSTORE'), { headers: { ...headers, 'data-scope': 'OTHER', 'data-scope-org': '60000' } }),
  ];
  expect(answers.map(codesOf)).toEqual(answers.map(() => ['FORBIDDEN']));
  expect(upstream.calls).toEqual([]);
});

test('A customer’s own token reads in the sources and data scopes that it is allowed', async ({
  startGateway,
  provider,
}) => {
  const gateway = await startGateway({
    ...settings(provider.jwksUrl),
    AUTH_CUSTOMER_SOURCES: 'INSTORE,FACEBOOK',
    AUTH_CUSTOMER_DATA_SCOPES: 'SELF,OTHER:50405',
  });
  const headers = bearer(await provider.token(CLAIMS));
  const scoped = (org: string) => ({ headers: { ...headers, 'data-scope': 'OTHER', 'data-scope-org': org } });
  expect(codesOf(await gateway.query(own('FACEBOOK'), { headers }))).toEqual([]);
  expect(codesOf(await gateway.query(own('INSTORE'), scoped('50405')))).toEqual([]);
  expect(codesOf(await gateway.query(own('INSTORE'), scoped('50406')))).toEqual(['FORBIDDEN']);
});

test('A token for any customer reads in every source and data scope', async ({ startGateway, provider }) => {
  const gateway = await startGateway(settings(provider.jwksUrl));
  const headers = bearer(await provider.token({ scope: 'promotions:any' }));
  const answer = await gateway.query(own('FACEBOOK'), { headers: { ...headers, 'data-scope': 'ALL' } });
  expect(codesOf(answer)).toEqual([]);
});

test('AUTH_REQUIRE_VERIFIED ignores a claim without its verified claim', async ({ startGateway, provider }) => {
  const gateway = await startGateway({ ...settings(provider.jwksUrl), AUTH_REQUIRE_VERIFIED: 'true' });
  const query = '{ customer(identifier: { name: EMAIL, value: "me@example.com" }, source: INSTORE) { customerId } }';
  const ask = async (claims: Record<string, unknown>) =>
    codesOf(await gateway.query(query, { headers: bearer(await provider.token(claims)) }));
  expect(await ask({ email: 'me@example.com' })).toEqual(['FORBIDDEN']);
  expect(await ask({ email: 'me@example.com', email_verified: true })).toEqual([]);
});

test('A lone surrogate in an identifier is refused before any call, not reported as a failure of upstream', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway();
  const query =
    'query ($v: String!) { customer(identifier: { name: EXTERNAL_ID, value: $v }, source: ALL) { customerId } }';
  for (const v of ['\ud800', 'a\udfffb']) {
    expect(codesOf(await gateway.query(query, { variables: { v } }))).toEqual(['BAD_USER_INPUT']);
  }
  expect(upstream.calls).toEqual([]);
});
