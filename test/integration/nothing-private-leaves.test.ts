import { expect } from 'vitest';
import type { Collector } from '../support/collector.ts';
import { sha256 } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { type Time, test } from '../support/fixture.ts';
import type { TestGateway } from '../support/gateway.ts';
import { type IdentityProvider, jwtAuthentication } from '../support/identityProvider.ts';
import {
  BASIC,
  CUSTOMER_ID,
  DEBUG_TOKEN,
  EMAIL,
  expectClean,
  KEY,
  MOBILE,
  OAUTH_SECRET,
  PASSWORD,
  TOKEN,
} from '../support/privateValues.ts';
import type { Reply, TestUpstream } from '../support/upstream.ts';
import * as upstreams from '../support/upstream.ts';
import { MISTAKES, QUESTIONS, strangeRequests } from './support/privateRequests.ts';

/** An upstream message that holds the requested identifier. */
const echoing = (code: number, status: number): Reply =>
  upstreams.json({ errors: [{ status: false, code, message: `${MOBILE} ${EMAIL} ${TOKEN} ${BASIC}` }] }, status);

/** Each reply of upstream, with the outcome of its operation. */
const REPLIES: readonly (readonly [name: string, outcome: string, reply: Reply])[] = [
  ['pages', 'OK', upstreams.pages(3, CUSTOMER_ID)],
  ['unknown customer', 'CUSTOMER_NOT_FOUND', echoing(8015, 200)],
  ['bad input', 'BAD_USER_INPUT', echoing(8013, 400)],
  ['data scope', 'DATA_SCOPE_REJECTED', echoing(310144, 200)],
  ['other', 'UPSTREAM_REJECTED', echoing(99, 400)],
  ['401', 'UNAUTHENTICATED', echoing(1, 401)],
  ['403', 'FORBIDDEN', echoing(1, 403)],
  ['429', 'UPSTREAM_RATE_LIMITED', echoing(1, 429)],
  ['down', 'UPSTREAM_UNAVAILABLE', upstreams.text(`<html>${MOBILE}`, 503)],
  ['no page', 'UPSTREAM_INVALID_RESPONSE', upstreams.text(`{"mobile": "${MOBILE}"`)],
  ['redirect', 'UPSTREAM_INVALID_RESPONSE', upstreams.text('', 302, { location: `http://127.0.0.1:1/${MOBILE}` })],
  ['too large', 'UPSTREAM_INVALID_RESPONSE', upstreams.text(MOBILE.repeat(10_000))],
  ['silent', 'UPSTREAM_TIMEOUT', upstreams.silent],
  ['cut', 'UPSTREAM_UNAVAILABLE', upstreams.cutOff],
  ['reset', 'UPSTREAM_UNAVAILABLE', upstreams.reset],
  [
    'strange values',
    'OK',
    upstreams.json({ customerId: 1, promotions: [{ promotionId: 1, startDate: MOBILE, pointsOfferType: EMAIL }] }),
  ],
];

/** Outcomes of calls that did not fail. An unknown customer is not a failure. */
const NO_FAULTS = new Set(['OK', 'CUSTOMER_NOT_FOUND']);

/** Upstream's data about the customer is in the response, which the caller may read. */
const ANSWERS_DATA = new Set(['pages', 'strange values']);

const SETTINGS = {
  METRICS: 'true',
  LOG_LEVEL: 'trace',
  UPSTREAM_RETRIES: '0',
  // Nothing may wait, since the time is stopped.
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
        { authorization: `Basic ${BASIC}`, 'x-gateway-debug': DEBUG_TOKEN },
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
        AUTH_API_KEYS: `shop:${sha256(KEY)}`,
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
        ...jwtAuthentication(provider),
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

/** Lets time pass repeatedly while upstream is silent, since queued calls begin later. */
async function passUntilSettled(asking: readonly Promise<unknown>[], upstream: TestUpstream, time: Time) {
  let settled = false;
  const all = Promise.all(asking).finally(() => {
    settled = true;
  });
  const lookups = () => upstream.calls.filter(({ path, method }) => method === 'GET' && path.includes('lookup')).length;
  await eventually('lookups', lookups, (count) => count > 0);
  const settledLater = async () => {
    await time.pass(3000);
    return settled;
  };
  await eventually('all operations have ended', settledLater, true);
  await all;
}

/** Everything that a gateway has sent: its log, metrics and traces. */
async function left(gateway: TestGateway, collector: Collector) {
  const metrics = await gateway.metrics();
  await gateway.close();
  expect(collector.spans().length).toBeGreaterThan(0);
  return { metrics, log: gateway.logs.text(), traces: collector.text() };
}

for (const [deployment, settings] of DEPLOYMENTS) {
  test.for(REPLIES)(
    `With ${deployment} no private value leaks if upstream answers: %s`,
    async ([name, outcome, reply], { upstream, collector, provider, startGateway, time }) => {
      const { env, headers } = await settings(provider);
      const gateway = await startGateway({ ...SETTINGS, ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
      upstream.reply(tokensAndThen(name, reply));
      const texts: Record<string, string> = {};
      const asking = headers.flatMap((each, who) =>
        QUESTIONS.map(async ([query, variables], question) => {
          const response = await gateway.query(query, { headers: each, ...(variables && { variables }) });
          texts[`headers of response ${question} of ${who}`] = JSON.stringify([...response.headers]);
          if (!ANSWERS_DATA.has(name)) texts[`response ${question} of ${who}`] = response.text;
        }),
      );
      if (name === 'silent') await passUntilSettled(asking, upstream, time);
      else await Promise.all(asking);

      const operations = await gateway.logs.operations(asking.length);
      expect(operations.map((operation) => operation.outcome)).toContain(outcome);
      const rest = await left(gateway, collector);
      expect(rest.log.includes(' call failed"')).toBe(!NO_FAULTS.has(outcome));
      expect(rest.metrics).toContain('gateway_upstream_call_duration_seconds_count');
      expectClean({ ...texts, ...rest });
    },
  );

  test(`With ${deployment} no private value leaks if a request is wrong`, async ({
    collector,
    provider,
    startGateway,
    time: _,
  }) => {
    const { env, headers } = await settings(provider);
    const gateway = await startGateway({ ...SETTINGS, ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const texts: Record<string, string> = {};
    for (const [index, [query, variables]] of MISTAKES.entries()) {
      for (const [who, each] of headers.entries()) {
        const { text, errors } = await gateway.query(query, { headers: each, ...(variables && { variables }) });
        expect(errors?.length).toBeGreaterThan(0);
        texts[`response to mistake ${index} of ${who}`] = text;
      }
    }
    Object.assign(texts, await strangeRequests(gateway, headers[0] ?? {}));
    const rest = await left(gateway, collector);
    const codes = ['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED', 'BAD_REQUEST', 'BODY_TOO_LARGE'];
    expect(codes.filter((code) => !rest.log.includes(`"outcome":"${code}"`))).toEqual([]);
    expectClean({ ...texts, ...rest });
  });
}
