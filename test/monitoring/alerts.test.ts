import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect } from 'vitest';
import { makeCa } from '../support/certificates.ts';
import { API_KEY_CALLERS, OTHER_BASIC, OWN_OAUTH, SHOP, TILL, TOKENS } from '../support/credentials.ts';
import { customerEvent, EVENTS_TOKEN, postEvent } from '../support/events.ts';
import { A_MINUTE, eventually } from '../support/eventually.ts';
import { customer, type TestGateway } from '../support/gateway.ts';
import { bearer, jwtCallers, OWN_CLAIMS } from '../support/identityProvider.ts';
import { freePort } from '../support/process.ts';
import { askEach, askOne, someone } from '../support/questions.ts';
import { delayed, errorBody, json, pageBody, pages, type Reply, text } from '../support/upstream.ts';
import { dashboardQueries } from './support/dashboard.ts';
import { firing, jobOf, test, untilFiring, WHILE_RULES_PASS } from './support/fixture.ts';
import { RULES } from './support/rules.ts';

const down: Reply = text('down', 503);
const MANIFEST = 'examples/storefront/persisted-operations.json';

/** Only the clock of promtool can fire these: they look at whole minutes or hours of the gateway, or at no instance at all. */
const BY_THE_CLOCK = [
  'PromotionsGatewayGone',
  'PromotionsGatewaySuccessesGone',
  'PromotionsGatewayEmptyLists',
  'PromotionsGatewayOneAddress',
];

/** Responds to lookups with `reply`, and at the token endpoint with a token. */
function withTokens(reply: Reply): Reply {
  let issued = 0;
  return (call, response) => {
    if (call.path !== TOKENS) return reply(call, response);
    return json({ data: { accessToken: `token-${++issued}`, ttlSeconds: 3600 }, errors: null })(call, response);
  };
}

/** Opens the storefront's list of a customer. */
function openOffers(gateway: TestGateway, mobile: string) {
  const [{ id }] = JSON.parse(readFileSync(MANIFEST, 'utf8')).operations;
  const variables = { identifier: { name: 'MOBILE', value: mobile }, first: 1 };
  return gateway.post({ extensions: { persistedQuery: { version: 1, sha256Hash: id } }, variables }, SHOP);
}

describe('With a real Prometheus, in whose rules time passes thirty times as fast', { concurrent: true }, () => {
  test('a gateway without a fault raises no alert while each other alert fires once', async ({
    prometheus,
    startScraped,
  }) => {
    const { job, gateway } = await startScraped('none', {
      ...API_KEY_CALLERS,
      UPSTREAM_REQUESTS_PER_MINUTE: '6000',
      CACHE_TTL_SECONDS: '60',
      EVENTS_TOKEN,
      PERSISTED_OPERATIONS: MANIFEST,
    });
    const fired = new Set<string | undefined>();
    const silent = async () => {
      for (const mobile of ['917406400033', someone()]) await openOffers(gateway, mobile);
      await postEvent(gateway.origin, customerEvent({ customerId: someone() }));
      for (const { state, labels } of await prometheus.alerts()) if (state === 'firing') fired.add(labels.alertname);
      return RULES.flatMap(({ alert }) => (fired.has(alert) || BY_THE_CLOCK.includes(alert) ? [] : [alert]));
    };
    await eventually('alerts that have not fired', silent, [], WHILE_RULES_PASS);
    expect(await firing(prometheus, job)).toEqual([]);
  });

  test('every query of the dashboard answers something', async ({ prometheus }) => {
    const unanswered = new Set(dashboardQueries());
    expect(unanswered.size).toBeGreaterThan(30);
    const stillUnanswered = async () => {
      for (const query of unanswered) {
        const samples = await prometheus.query(query);
        if (samples.some(({ value: [, value] }) => Number.isFinite(Number(value)))) unanswered.delete(query);
      }
      return [...unanswered];
    };
    await eventually('queries without an answer', stillUnanswered, [], WHILE_RULES_PASS);
  });

  test('PromotionsGatewayDown: an instance that has ended', async ({ prometheus, startScraped }) => {
    const { job, gateway } = await startScraped('down');
    await gateway.close();
    await untilFiring(prometheus, job, 'PromotionsGatewayDown');
  });

  test('PromotionsGatewayRestarting: a process that is killed three times', async ({ prometheus, startProgram }) => {
    const [port, job] = [String(await freePort()), jobOf('restarting')];
    prometheus.scrape(job, `127.0.0.1:${port}`);
    const startedAt = async () => (await prometheus.query(`process_start_time_seconds{job="${job}"}`))[0]?.value[1];
    for (let starts = 0, last: string | undefined; starts < 4; starts++) {
      const { program } = await startProgram({ METRICS_PORT: port });
      last = await eventually('when it started', startedAt, (now) => now !== undefined && now !== last, A_MINUTE);
      if (starts < 3) await program.stop('SIGKILL');
    }
    await untilFiring(prometheus, job, 'PromotionsGatewayRestarting');
  });

  test('PromotionsGatewayErrorRatio: upstream answers every tenth call with an error', async ({
    prometheus,
    startScraped,
  }) => {
    const { job, gateway, upstream } = await startScraped('errors', API_KEY_CALLERS);
    upstream.reply((call, response) => (upstream.calls.length % 10 === 0 ? down : pages(1))(call, response));
    await untilFiring(prometheus, job, 'PromotionsGatewayErrorRatio', () => askEach(gateway, 5, { headers: SHOP }));
  });

  test('PromotionsGatewaySlow: upstream takes longer than two seconds', async ({ prometheus, startScraped }) => {
    const { job, gateway, upstream } = await startScraped('slow', { UPSTREAM_TIMEOUT_MS: '8000' });
    upstream.reply(delayed(2600, pages(1)));
    await untilFiring(prometheus, job, 'PromotionsGatewaySlow', () => askEach(gateway, 3));
  });

  test('PromotionsGatewayCircuitOpen: upstream fails every call', async ({ prometheus, startScraped }) => {
    const { job, gateway, upstream } = await startScraped('circuit');
    upstream.reply(down);
    await untilFiring(prometheus, job, 'PromotionsGatewayCircuitOpen', () => askEach(gateway, 5));
  });

  test('PromotionsGatewayPaused: upstream answers 429', async ({ prometheus, startScraped }) => {
    const { job, gateway, upstream } = await startScraped('paused');
    upstream.reply(json({}, 429, { 'retry-after': '60' }));
    await untilFiring(prometheus, job, 'PromotionsGatewayPaused', () => askOne(gateway));
  });

  test('PromotionsGatewayBudgetNearlySpent, PromotionsGatewayBudgetSpent: a caller asks for twenty times the budget', async ({
    prometheus,
    startScraped,
  }) => {
    const { job, gateway } = await startScraped('budget', {
      ...API_KEY_CALLERS,
      UPSTREAM_REQUESTS_PER_MINUTE: '60',
      UPSTREAM_QUEUE_MS: '1000',
    });
    const ask = () => askEach(gateway, 4, { headers: SHOP });
    await untilFiring(prometheus, job, 'PromotionsGatewayBudgetNearlySpent', ask);
    await untilFiring(prometheus, job, 'PromotionsGatewayBudgetSpent', ask);
  });

  test('PromotionsGatewaySchemaDrift: upstream sends a value that is not documented', async ({
    prometheus,
    startScraped,
  }) => {
    const { job, gateway, upstream } = await startScraped('drift');
    upstream.reply(json({ ...pageBody(0, 0, 10), promotions: [{ promotionId: 1, pointsOfferType: 'NEW' }] }));
    await untilFiring(prometheus, job, 'PromotionsGatewaySchemaDrift', () =>
      gateway.query(`{ ${customer('promotions { items { promotionId } }')} }`),
    );
  });

  test('PromotionsGatewayConnectionsRefused: a load balancer holds all connections open and opens more', async ({
    prometheus,
    startScraped,
    onTestFinished,
  }) => {
    const { job, gateway } = await startScraped('connections', { MAX_CONNECTIONS: '8', TRUSTED_PROXIES: 'loopback' });
    const { hostname, port } = new URL(gateway.origin);
    // Prometheus keeps the connection that it has.
    await untilFiring(prometheus, job, 'PromotionsGatewayConnectionsRefused', async () => {
      const socket = connect(Number(port), hostname).on('error', () => {});
      onTestFinished(() => {
        socket.destroy();
      });
    });
  });

  test('PromotionsGatewayRedisLost: Redis cannot be reached', async ({ prometheus, startScraped }) => {
    const REDIS_URL = `redis://127.0.0.1:${await freePort()}`;
    const { job } = await startScraped('redis', { REDIS_URL, CACHE_SECRET: 'c'.repeat(32) });
    await untilFiring(prometheus, job, 'PromotionsGatewayRedisLost');
  });

  test('PromotionsGatewayTokenEndpointFailing: the token endpoint answers 503', async ({
    prometheus,
    startScraped,
  }) => {
    const { job, gateway, upstream } = await startScraped('token', OWN_OAUTH);
    upstream.reply(down);
    await untilFiring(prometheus, job, 'PromotionsGatewayTokenEndpointFailing', () => askOne(gateway));
  });

  test('PromotionsGatewayCredentialsRefused: upstream refuses fresh tokens', async ({ prometheus, startScraped }) => {
    const { job, gateway, upstream } = await startScraped('credentials', OWN_OAUTH);
    upstream.reply(withTokens(json({ errors: [{ status: false, code: 401, message: 'token' }] }, 401)));
    await untilFiring(prometheus, job, 'PromotionsGatewayCredentialsRefused', () => askOne(gateway));
  });

  test.for<readonly [string, Reply]>([
    ['401', json({}, 401)],
    ['403', json({}, 403)],
    ['310144', errorBody(310144)],
  ])(
    'PromotionsGatewayCredentialsRefused: upstream refuses the own user with %s',
    async ([code, refused], { prometheus, startScraped }) => {
      const { job, gateway, upstream } = await startScraped(`refused-${code}`, API_KEY_CALLERS);
      upstream.reply(refused);
      await untilFiring(prometheus, job, 'PromotionsGatewayCredentialsRefused', () =>
        askOne(gateway, undefined, { headers: SHOP }),
      );
    },
  );

  test('PromotionsGatewayCallerFails: a caller asks for a data scope that it may not read, another one is well', async ({
    prometheus,
    startScraped,
  }) => {
    const { job, gateway } = await startScraped('caller', { ...API_KEY_CALLERS, AUTH_DATA_SCOPES: 'SELF' });
    await untilFiring(prometheus, job, 'PromotionsGatewayCallerFails', async () => {
      await askEach(gateway, 9, { headers: TILL });
      return askEach(gateway, 3, { headers: { ...SHOP, 'data-scope': 'ALL' } });
    });
    expect(await firing(prometheus, job)).toEqual(['PromotionsGatewayCallerFails']);
  });

  test('PromotionsGatewayAccountFails: the account of one caller of five is dead, and nothing critical fires', async ({
    prometheus,
    startScraped,
  }) => {
    const { job, gateway, upstream } = await startScraped('account');
    upstream.reply((call, response) => (call.headers.authorization === OTHER_BASIC ? down : pages(1))(call, response));
    await untilFiring(prometheus, job, 'PromotionsGatewayAccountFails', async () => {
      await askEach(gateway, 8);
      return askEach(gateway, 2, { headers: { authorization: OTHER_BASIC } });
    });
    expect(await firing(prometheus, job)).toEqual(['PromotionsGatewayAccountFails']);
  });

  test('PromotionsGatewayEventsRefused: the sender of events has a wrong token', async ({
    prometheus,
    startScraped,
  }) => {
    const { job, gateway } = await startScraped('events', { EVENTS_TOKEN, CACHE_TTL_SECONDS: '3600' });
    await untilFiring(prometheus, job, 'PromotionsGatewayEventsRefused', () =>
      postEvent(gateway.origin, customerEvent({ customerId: someone() }), 'another token'),
    );
  });

  test('PromotionsGatewayKeySetFailing: the identity provider answers 500', async ({
    prometheus,
    startScraped,
    provider,
  }) => {
    provider.fail(true);
    const { job, gateway } = await startScraped('key-set', jwtCallers(provider));
    const headers = bearer(await provider.token(OWN_CLAIMS));
    await untilFiring(prometheus, job, 'PromotionsGatewayKeySetFailing', () =>
      askOne(gateway, '917406400033', { headers }),
    );
  });

  test('PromotionsGatewayClientCertificateEnds: the client certificate is valid for two days', async ({
    prometheus,
    startScraped,
  }) => {
    const ca = makeCa();
    const { certFile, keyFile } = ca.issue('client');
    const { job } = await startScraped('certificate', {
      UPSTREAM_URL: 'https://localhost:9',
      UPSTREAM_CLIENT_CERT_FILE: certFile,
      UPSTREAM_CLIENT_KEY_FILE: keyFile,
    });
    ca.remove();
    await untilFiring(prometheus, job, 'PromotionsGatewayClientCertificateEnds');
  });
});
