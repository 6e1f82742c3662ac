import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GraphQLAnswer, type QueryOptions, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { AUDIENCE, type IdentityProvider, ISSUER, startIdentityProvider } from '../support/identityProvider.ts';
import { collectLogs } from '../support/logs.ts';
import {
  cutOff,
  json,
  pageBody,
  type Reply,
  reset,
  silent,
  startUpstream,
  type TestUpstream,
  text,
} from '../support/upstream.ts';

const CUSTOMER = {
  MOBILE: '+91 99112-23344',
  EMAIL: 'Seeded.Person@leak.example',
  ID: '7766554411',
  EXTERNAL_ID: 'EXT-5544332211',
} as const;
const STRANGER = '919922113344';
const SECRETS = {
  password: 'seeded-password',
  md5: createHash('md5').update('seeded-password').digest('hex'),
  oauthSecret: 'seeded-oauth-secret',
  oauthToken: 'seeded-oauth-token',
  passedToken: 'seeded-passed-token',
  apiKey: 'seeded-api-key',
  debugToken: 'seeded-debug-token',
};
const BASIC_VALUE = Buffer.from(`seeded-user:${SECRETS.md5}`).toString('base64');
const apiKeyDigest = createHash('sha256').update(SECRETS.apiKey).digest('hex');

/** What must be nowhere, in lower case. Identifiers also in the spelling that goes upstream. */
const PRIVATE = [
  ...Object.values(CUSTOMER),
  '919911223344',
  '99112-23344',
  'seeded.person',
  encodeURIComponent(CUSTOMER.EMAIL),
  STRANGER,
  ...Object.values(SECRETS),
  BASIC_VALUE,
  apiKeyDigest,
].map((each) => each.toLowerCase());

/** An answer that repeats all it was asked, as a careless endpoint does. */
const echo =
  (status: number): Reply =>
  (call, response) => {
    const message = `${call.rawUrl} ${JSON.stringify(call.headers)} ${Object.values(CUSTOMER).join()}`;
    json({ errors: [{ status: false, code: 9999, message }] }, status, { 'x-echo': call.query.identifierValue ?? '' })(
      call,
      response,
    );
  };

const drifting: Reply = (call, response) => {
  const page = pageBody(1, 0, 10, CUSTOMER.ID);
  const promotions = [
    { promotionId: 1, promotionName: 'A', startDate: CUSTOMER.MOBILE, pointsOfferType: CUSTOMER.EMAIL },
  ];
  json({ ...page, promotions, warnings: [{ code: 1, message: 'odd' }] })(call, response);
};

const FAULTS: readonly (readonly [string, Reply])[] = [
  ['OK', json(pageBody(1, 0, 10, CUSTOMER.ID))],
  ['OK', drifting],
  ['UPSTREAM_REJECTED', echo(200)],
  ['UPSTREAM_REJECTED', echo(400)],
  ['UNAUTHENTICATED', echo(401)],
  ['FORBIDDEN', echo(403)],
  ['CUSTOMER_NOT_FOUND', json({ errors: [{ status: false, code: 8015, message: `none for ${CUSTOMER.MOBILE}` }] })],
  ['UPSTREAM_INVALID_RESPONSE', text(`<html>${CUSTOMER.EMAIL}</html>`)],
  ['UPSTREAM_INVALID_RESPONSE', text(`{"customerId": "${CUSTOMER.ID}", ${CUSTOMER.EMAIL}`)],
  ['UPSTREAM_INVALID_RESPONSE', text('', 302, { location: `http://127.0.0.1:9/?m=919911223344` })],
  ['UPSTREAM_INVALID_RESPONSE', text(CUSTOMER.EMAIL.repeat(1000))],
  ['UPSTREAM_UNAVAILABLE', cutOff],
  ['UPSTREAM_UNAVAILABLE', reset],
  ['UPSTREAM_TIMEOUT', silent],
  ['UPSTREAM_REJECTED', echo(503)],
  ['UPSTREAM_UNAVAILABLE', text(`${CUSTOMER.EMAIL} failed`, 503)],
  ['UPSTREAM_RATE_LIMITED', echo(429)],
];

/** Everything that leaves the gateway but the data that was asked for. */
const told: string[] = [];
const logs = collectLogs('trace');
let upstream: TestUpstream;
let collector: TestUpstream;
let provider: IdentityProvider;
let gateways: Readonly<Record<'passing' | 'tokens' | 'keys', TestGateway>>;

const question = (selection: string) =>
  `query Seeded($who: CustomerIdentifierInput!) { customer(identifier: $who, source: ALL) { ${selection} } }`;
const PAGE = question('id promotions { items { id startDate pointsOfferType } pageDetails { totalEntries } }');

async function ask(gateway: TestGateway, query: string, options: QueryOptions): Promise<GraphQLAnswer> {
  const answer = await gateway.query(query, options);
  told.push(JSON.stringify([answer.errors ?? [], [...answer.headers]]));
  if (answer.data === undefined) told.push(answer.text);
  return answer;
}
const outcomeOf = ({ errors }: GraphQLAnswer) => errors?.[0]?.extensions.code ?? 'OK';

beforeAll(async () => {
  upstream = await startUpstream();
  collector = await startUpstream();
  collector.reply(json({}));
  provider = await startIdentityProvider();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  const common = {
    UPSTREAM_TIMEOUT_MS: '300',
    UPSTREAM_RETRIES: '1',
    UPSTREAM_QUEUE_MS: '0',
    UPSTREAM_MAX_BYTES: '20000',
    METRICS: 'true',
    DEBUG_TOKEN: SECRETS.debugToken,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  };
  const jwt = {
    AUTH_MODE: 'jwt',
    AUTH_JWKS_URL: provider.jwksUrl,
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_CUSTOMER_CLAIMS: 'mobile=phone_number,email=email,id=capillary_id,externalId=sub',
  };
  const start = (env: Record<string, string>) => startTestGateway(upstream, { ...common, ...env }, logs.logger);
  gateways = {
    passing: await start({}),
    tokens: await start({
      UPSTREAM_AUTH: 'oauth',
      UPSTREAM_OAUTH_KEY: 'seeded-key',
      UPSTREAM_OAUTH_SECRET: SECRETS.oauthSecret,
      ...jwt,
    }),
    keys: await start({
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_USERNAME: 'seeded-user',
      UPSTREAM_PASSWORD: SECRETS.password,
      AUTH_MODE: 'api-key',
      AUTH_API_KEYS: `till:${apiKeyDigest}`,
    }),
  };
});
afterAll(async () => {
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  await Promise.all([upstream.close(), collector.close(), provider.close()]);
});

describe('Whatever happens', () => {
  test.each(FAULTS.map(([code, reply], index) => [code, index, reply] as const))(
    'upstream: %s (%i)',
    async (code, index, reply) => {
      upstream.reply((call, response) =>
        call.path.startsWith('/v3/oauth')
          ? json({ data: { accessToken: SECRETS.oauthToken, ttlSeconds: 3600 } })(call, response)
          : reply(call, response),
      );
      const token = await provider.token({
        phone_number: CUSTOMER.MOBILE,
        email: CUSTOMER.EMAIL,
        capillary_id: CUSTOMER.ID,
        sub: CUSTOMER.EXTERNAL_ID,
      });
      const asking: readonly (readonly [TestGateway, Record<string, string>])[] = [
        [gateways.tokens, { authorization: `Bearer ${token}` }],
        [gateways.keys, { 'x-api-key': SECRETS.apiKey }],
        // Each with credentials of its own, so that a pause after a 429 does not answer for what comes next.
        [gateways.passing, { 'x-cap-api-oauth-token': `${SECRETS.passedToken}-${index}` }],
      ];
      PRIVATE.push(token.toLowerCase(), (token.split('.')[2] ?? '').toLowerCase());
      const outcomes = await Promise.all(
        asking.flatMap(([gateway, credentials]) =>
          Object.entries(CUSTOMER).map(async ([name, value]) => {
            const headers = { ...credentials, 'x-gateway-debug': SECRETS.debugToken };
            return outcomeOf(await ask(gateway, PAGE, { variables: { who: { name, value } }, headers }));
          }),
        ),
      );
      expect(outcomes.slice(-4)).toContain(code);
    },
  );

  test.each<[string, string, Record<string, unknown>]>([
    ['BAD_USER_INPUT', PAGE, { who: { name: 'MOBILE', value: CUSTOMER.MOBILE.repeat(30) } }],
    ['BAD_USER_INPUT', PAGE, { who: { name: 'EMAIL', value: `${CUSTOMER.EMAIL}\n` } }],
    ['BAD_USER_INPUT', PAGE, { who: { name: CUSTOMER.MOBILE, value: 1 } }],
    ['BAD_USER_INPUT', PAGE, { who: CUSTOMER.EMAIL }],
    ['GRAPHQL_VALIDATION_FAILED', `{ customer(identifier: "${CUSTOMER.EMAIL}", source: ALL) { id } }`, {}],
    ['GRAPHQL_PARSE_FAILED', `{ customer("${CUSTOMER.EMAIL}" }`, {}],
  ])('the question: %s to %s', async (code, query, variables) => {
    expect(outcomeOf(await ask(gateways.keys, query, { variables, headers: { 'x-api-key': SECRETS.apiKey } }))).toBe(
      code,
    );
  });

  test("the caller: another's customer, and credentials that are none", async () => {
    const token = await provider.token({ phone_number: CUSTOMER.MOBILE });
    const who = { name: 'MOBILE', value: STRANGER };
    const asking: readonly (readonly [string, TestGateway, Record<string, string>])[] = [
      ['FORBIDDEN', gateways.tokens, { authorization: `Bearer ${token}` }],
      ['UNAUTHENTICATED', gateways.tokens, { authorization: `Bearer ${token.slice(0, -4)}AAAA` }],
      ['UNAUTHENTICATED', gateways.keys, { 'x-api-key': `${SECRETS.apiKey}x` }],
      ['UNAUTHENTICATED', gateways.passing, { authorization: `Bearer ${token}` }],
    ];
    PRIVATE.push(token.toLowerCase(), token.slice(0, -4).toLowerCase());
    for (const [code, gateway, headers] of asking) {
      expect(outcomeOf(await ask(gateway, PAGE, { variables: { who }, headers }))).toBe(code);
    }
  });

  test('none of it is in an error, a header, a log line, a metric or a trace', async () => {
    for (const { origin } of Object.values(gateways)) {
      const metrics = await (await fetch(`${origin}/metrics`)).text();
      expect(metrics).toContain('gateway_operations_total{');
      told.push(metrics);
    }
    await Promise.all(Object.values(gateways).map((gateway) => gateway.close()));
    const traces = collector.calls.map(({ body }) => body).join('\n');
    expect(traces).toContain('upstream.lookup');
    expect(logs.lines().filter(({ msg }) => msg === 'operation').length).toBeGreaterThan(FAULTS.length * 12);
    const everything = [...told, traces, logs.text()].join('\n').toLowerCase();
    expect(PRIVATE.filter((secret) => everything.includes(secret))).toEqual([]);
  });
});
