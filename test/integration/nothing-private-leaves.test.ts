import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Time, test } from '../support/fixture.ts';
import type { TestGateway } from '../support/gateway.ts';
import { AUDIENCE, type IdentityProvider, ISSUER } from '../support/identityProvider.ts';
import type { Logs } from '../support/logs.ts';
import {
  BASIC,
  CUSTOMER_ID,
  DEBUG_TOKEN,
  EMAIL,
  EXTERNAL_ID,
  expectClean,
  KEY,
  MOBILE,
  OAUTH_SECRET,
  PASSWORD,
  TOKEN,
} from '../support/privateValues.ts';
import type { Reply, TestUpstream } from '../support/upstream.ts';
import * as upstreams from '../support/upstream.ts';

/** Upstream's own words hold what it was asked for. */
const echoing = (code: number, status: number): Reply =>
  upstreams.json({ errors: [{ status: false, code, message: `${MOBILE} ${EMAIL} ${TOKEN} ${BASIC}` }] }, status);

const REPLIES: readonly (readonly [string, Reply])[] = [
  ['pages', upstreams.pages(3, CUSTOMER_ID)],
  ['unknown customer', echoing(8015, 200)],
  ['bad input', echoing(8013, 400)],
  ['data scope', echoing(310144, 200)],
  ['other', echoing(99, 400)],
  ['401', echoing(1, 401)],
  ['403', echoing(1, 403)],
  ['429', echoing(1, 429)],
  ['down', upstreams.text(`<html>${MOBILE}`, 503)],
  ['no page', upstreams.text(`{"mobile": "${MOBILE}"`)],
  ['redirect', upstreams.text('', 302, { location: `http://127.0.0.1:1/${MOBILE}` })],
  ['too large', upstreams.text(MOBILE.repeat(10_000))],
  ['silent', upstreams.silent],
  ['cut', upstreams.cutOff],
  ['reset', upstreams.reset],
  [
    'strange values',
    upstreams.json({ customerId: 1, promotions: [{ promotionId: 1, startDate: MOBILE, pointsOfferType: EMAIL }] }),
  ],
];

const QUESTIONS: readonly (readonly [string, Record<string, unknown>?])[] = [
  [
    `{ customer(identifier: { name: MOBILE, value: "+${MOBILE}" }, source: INSTORE) { id promotions { items { promotionId startDate pointsOfferType } warnings { message } } } }`,
  ],
  [
    `query ($e: String!) { customer(identifier: { name: EMAIL, value: $e }, source: INSTORE) { promotionConnection { nodes { promotionId } } } }`,
    { e: EMAIL },
  ],
  [
    `query ($i: [CustomerIdentifierInput!]!) { customers(identifiers: $i, source: ALL) { id } }`,
    {
      i: [
        { name: 'EXTERNAL_ID', value: EXTERNAL_ID },
        { name: 'ID', value: CUSTOMER_ID },
        { name: 'MOBILE', value: `${MOBILE}\n` },
      ],
    },
  ],
  [
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { source promotions { items { promotionId } } } } }`,
    {
      r: [
        { __typename: 'Customer', id: CUSTOMER_ID },
        { __typename: EMAIL },
        { __typename: 'Customer', identifier: { name: EMAIL, value: MOBILE }, source: MOBILE },
        MOBILE,
      ],
    },
  ],
];

/** What upstream says of the customer is the answer's data, which is for whoever may ask. */
const ANSWERS_DATA = new Set(['pages', 'strange values']);

/** What is seen on the way, for the test to be worth something. */
const CODES = [
  'OK',
  'CUSTOMER_NOT_FOUND',
  'BAD_USER_INPUT',
  'DATA_SCOPE_REJECTED',
  'UPSTREAM_REJECTED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
  'UPSTREAM_TIMEOUT',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'BODY_TOO_LARGE',
];

/** What never gets as far as upstream. */
const MISTAKES: readonly (readonly [string, Record<string, unknown>?])[] = [
  [`{ customer(identifier: { name: MOBILE, value: ${MOBILE} }, source: INSTORE) { id } }`],
  [`{ customer(identifier: { name: "${MOBILE}", value: "${EMAIL}" }, source: "${EMAIL}") { id } }`],
  [`{ customer("${MOBILE}") { id } }`],
  [
    `query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: INSTORE) { id } }`,
    { i: { name: 'MOBILE', value: Number(MOBILE), [MOBILE]: EMAIL } },
  ],
  [
    `query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: INSTORE) { id } }`,
    { i: { name: MOBILE, value: [EMAIL] } },
  ],
  [`{ customer(identifier: { name: MOBILE, value: "${'x'.repeat(300)}${MOBILE}" }, source: INSTORE) { id } }`],
  [
    `{ customer(identifier: { name: MOBILE, value: "${MOBILE}" }, source: INSTORE) { promotions(dataScope: { scope: OTHER, orgIds: ["${EMAIL}"] }) { items { promotionId } } } }`,
  ],
  [
    `{ customer(identifier: { name: MOBILE, value: "${MOBILE}" }, source: INSTORE) { promotions(limit: 9999999) { items { promotionId } } } }`,
  ],
  [
    `{ customer(identifier: { name: MOBILE, value: "${MOBILE}" }, source: INSTORE) { promotionConnection(after: "${MOBILE}") { totalCount nodes { promotionId } } } }`,
  ],
];

const SETTINGS = {
  METRICS: 'true',
  LOG_LEVEL: 'trace',
  UPSTREAM_RETRIES: '0',
  // Nothing waits: time stands still.
  UPSTREAM_QUEUE_MS: '0',
  UPSTREAM_MAX_BYTES: '50000',
  DEBUG_TOKEN,
};
const OWN_BASIC = { UPSTREAM_AUTH: 'basic', UPSTREAM_USERNAME: 'seeded-user', UPSTREAM_PASSWORD: PASSWORD };

const DEPLOYMENTS: readonly (readonly [
  string,
  (provider: IdentityProvider) => Promise<{ env: Record<string, string>; headers: readonly Record<string, string>[] }>,
])[] = [
  [
    'passthrough',
    async () => ({
      env: {},
      headers: [
        { authorization: `Basic ${BASIC}`, 'x-gateway-debug': DEBUG_TOKEN, 'apollo-federation-include-trace': 'ftv1' },
        { 'x-cap-api-oauth-token': TOKEN },
        { authorization: `Bearer ${TOKEN}` },
      ],
    }),
  ],
  [
    'its own user, and API keys',
    async () => ({
      env: {
        ...OWN_BASIC,
        AUTH_MODE: 'api-key',
        AUTH_API_KEYS: `shop:${createHash('sha256').update(KEY).digest('hex')}`,
      },
      headers: [{ 'x-api-key': KEY }, { 'x-api-key': `${KEY}-wrong` }, {}],
    }),
  ],
  [
    'its own OAuth client, and JWTs',
    async (provider) => ({
      env: {
        UPSTREAM_AUTH: 'oauth',
        UPSTREAM_OAUTH_KEY: 'seeded-oauth-key',
        UPSTREAM_OAUTH_SECRET: OAUTH_SECRET,
        AUTH_MODE: 'jwt',
        AUTH_JWKS_URL: provider.jwksUrl,
        AUTH_ISSUER: ISSUER,
        AUTH_AUDIENCE: AUDIENCE,
        AUTH_CUSTOMER_CLAIMS: 'mobile=phone_number,email=email',
        AUTH_ANY_CUSTOMER_SCOPE: 'any',
      },
      headers: [
        { authorization: `Bearer ${await provider.token({ sub: MOBILE, scope: 'any' })}` },
        { authorization: `Bearer ${await provider.token({ sub: EMAIL, phone_number: MOBILE, email: EMAIL })}` },
        { authorization: `Bearer ${await provider.strangersToken({ sub: MOBILE })}` },
      ],
    }),
  ],
];

/** Gives the gateway's OAuth client its token, unless upstream is down. */
const tokensAndThen =
  (name: string, reply: Reply): Reply =>
  (call, response) =>
    call.path.endsWith('/token/generate') && name !== 'down'
      ? upstreams.json({ data: { accessToken: TOKEN, ttlSeconds: 60 } })(call, response)
      : reply(call, response);

/** Lets time pass once upstream is silent, again and again, since calls that queue begin later. */
async function passUntilSettled(asking: readonly Promise<unknown>[], upstream: TestUpstream, time: Time) {
  let settled = false;
  const all = Promise.all(asking).finally(() => {
    settled = true;
  });
  await eventually(() => upstream.calls.some(({ path, method }) => method === 'GET' && path.includes('lookup')));
  await eventually(async () => {
    await time.pass(3000);
    return settled;
  });
  await all;
}

test.for(DEPLOYMENTS)(
  'With %s no path leaks a private value into responses, logs, metrics or traces',
  async ([, deployment], { upstream, collector, provider, startGateway, time }) => {
    const { env, headers } = await deployment(provider);
    const texts: Record<string, string> = {};
    const logs: Logs[] = [];
    /** Each reply gets a gateway of its own, so that no circuit opens before all is seen. */
    const withGateway = async (name: string, drive: (gateway: TestGateway) => Promise<void>) => {
      const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
      const gateway = await startGateway({ ...SETTINGS, ...env, ...tracing });
      await drive(gateway);
      texts[`metrics with ${name}`] = await gateway.metrics();
      await gateway.close();
      logs.push(gateway.logs);
    };
    for (const [name, reply] of REPLIES) {
      upstream.reply(tokensAndThen(name, reply));
      upstream.calls.length = 0;
      await withGateway(name, async (gateway) => {
        const asking = headers.flatMap((each, who) =>
          QUESTIONS.map(async ([query, variables], question) => {
            const response = await gateway.query(query, { headers: each, ...(variables && { variables }) });
            texts[`headers of response ${question} of ${who} with ${name}`] = JSON.stringify([...response.headers]);
            if (!ANSWERS_DATA.has(name)) texts[`response ${question} of ${who} with ${name}`] = response.text;
          }),
        );
        if (name === 'silent') await passUntilSettled(asking, upstream, time);
        else await Promise.all(asking);
      });
    }
    await withGateway('mistakes', async (gateway) => {
      for (const [index, [query, variables]] of MISTAKES.entries()) {
        for (const [who, each] of headers.entries()) {
          const { text, errors } = await gateway.query(query, { headers: each, ...(variables && { variables }) });
          expect(errors?.length).toBeGreaterThan(0);
          texts[`response to mistake ${index} of ${who}`] = text;
        }
      }
      Object.assign(texts, await strangeRequests(gateway, headers[0] ?? {}));
    });

    const lines = logs.flatMap((each) => each.lines());
    const log = logs.map((each) => each.text()).join('');
    expect(lines.filter(({ msg }) => msg === 'operation').length).toBeGreaterThan(50);
    expect(lines.some(({ msg }) => msg === 'upstream call failed')).toBe(true);
    expect(texts['metrics with pages']).toContain('gateway_upstream_call_duration_seconds_count');
    expect(CODES.filter((code) => !log.includes(`"outcome":"${code}"`))).toEqual([]);
    expect(collector.spans().length).toBeGreaterThan(50);
    expectClean({ ...texts, logs: log, traces: collector.text() });
  },
);

/** Requests that are no GraphQL, with private things in every place. */
async function strangeRequests(gateway: TestGateway, headers: Record<string, string>) {
  const send = async (path: string, init: RequestInit) => (await fetch(`${gateway.origin}${path}`, init)).text();
  const all = { ...headers, 'content-type': 'application/json' };
  const post = (body: string) => send('/graphql', { method: 'POST', headers: all, body });
  return {
    'no JSON': await post(`{"query": ${MOBILE} ${EMAIL}`),
    batch: await post(JSON.stringify([{ query: MOBILE }])),
    'too large': await post(JSON.stringify({ query: MOBILE.repeat(50_000) })),
    'no query': await post(JSON.stringify({ variables: { mobile: MOBILE } })),
    'unknown path': await send(`/${MOBILE}?email=${EMAIL}`, { headers: all }),
    'a GET': await send(`/graphql?query=${encodeURIComponent(`{ a(b: "${MOBILE}"`)}`, { headers: all }),
    'a wrong hash': await post(
      JSON.stringify({
        query: `{ a(b: "${MOBILE}") }`,
        extensions: { persistedQuery: { version: 1, sha256Hash: EMAIL } },
      }),
    ),
    'a strange debug token': await send('/graphql', {
      method: 'POST',
      headers: { ...all, 'x-gateway-debug': `${DEBUG_TOKEN}-wrong`, 'x-request-id': `${EMAIL} ${MOBILE}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    }),
  };
}
