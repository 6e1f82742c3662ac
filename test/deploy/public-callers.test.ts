import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { bearer, jwtCallers, OWN_CLAIMS } from '../support/identityProvider.ts';
import { codesOf } from '../support/questions.ts';

/** The settings for callers in public.env, except the key set, issuer and audience, which are the test's. */
function callerSettings(provider: Parameters<typeof jwtCallers>[0]): Record<string, string> {
  const text = readFileSync('deploy/kubernetes/overlays/public/public.env', 'utf8');
  const settings = [...text.matchAll(/^((?:AUTH|DEFAULT)_\w+)=(.*)$/gm)];
  const { UPSTREAM_AUTH, UPSTREAM_USERNAME, UPSTREAM_PASSWORD, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } =
    jwtCallers(provider);
  return {
    ...Object.fromEntries(settings.map(([, name = '', value = '']) => [name, value])),
    ...{ UPSTREAM_AUTH, UPSTREAM_USERNAME, UPSTREAM_PASSWORD, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE },
  };
}

const promotionsOf = (mobile: string) =>
  `{ customer(identifier: { name: MOBILE, value: "${mobile}" }, source: ALL) { customerId promotions { items { name } } } }`;

test('A token of the overlay public reads its own customer in the data scope SELF', async ({
  startGateway,
  provider,
  upstream,
}) => {
  const gateway = await startGateway(callerSettings(provider));
  const headers = bearer(await provider.token(OWN_CLAIMS));
  const answers = [
    await gateway.query(promotionsOf('917406400033'), { headers }),
    await gateway.query(promotionsOf('917406400033'), { headers: { ...headers, 'data-scope': 'SELF' } }),
  ];
  expect(answers.map(codesOf)).toEqual([[], []]);
  expect(upstream.calls).toHaveLength(2);
});

test.for<[string, string, Record<string, string>, Record<string, string>]>([
  ['another customer', '917406400034', {}, {}],
  ['another customer, by a scope in the token', '917406400034', {}, { scope: 'promotions:any' }],
  ['all organisations', '917406400033', { 'data-scope': 'ALL' }, {}],
  ['another organisation', '917406400033', { 'data-scope': 'OTHER', 'data-scope-org': '50405' }, {}],
])(
  'A token of the overlay public does not read %s',
  async ([, mobile, scopeHeaders, claims], { startGateway, provider, upstream }) => {
    const gateway = await startGateway(callerSettings(provider));
    const token = await provider.token({ ...OWN_CLAIMS, ...claims });
    const answer = await gateway.query(promotionsOf(mobile), { headers: { ...bearer(token), ...scopeHeaders } });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(upstream.calls).toEqual([]);
  },
);

test('A token of the overlay public does not read more if DEFAULT_DATA_SCOPE is changed', async ({
  startGateway,
  provider,
  upstream,
}) => {
  const gateway = await startGateway({ ...callerSettings(provider), DEFAULT_DATA_SCOPE: 'ALL' });
  const headers = bearer(await provider.token(OWN_CLAIMS));
  const asked = async (scope: string) =>
    codesOf(await gateway.query(promotionsOf('917406400033'), { headers: { ...headers, 'data-scope': scope } }));
  expect([await asked('ALL'), await asked('SELF')]).toEqual([['FORBIDDEN'], []]);
  expect(upstream.calls).toHaveLength(1);
});
