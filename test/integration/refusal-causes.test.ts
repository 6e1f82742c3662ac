import { expect } from 'vitest';
import type { RefusalCause } from '../../src/model/refusals.ts';
import { API_KEY_CALLERS, SHOP } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { bearer, jwtCallers, OWN_CLAIMS } from '../support/identityProvider.ts';
import { askOne } from '../support/questions.ts';
import { gate, pages } from '../support/upstream.ts';

type Refused = {
  readonly caller: string;
  readonly env: Record<string, string>;
  readonly headers: Record<string, string>;
  /** How many operations before it are answered. */
  readonly answered?: number;
};

test.for<readonly [RefusalCause, Refused]>([
  ['no API key', { caller: 'anonymous', env: API_KEY_CALLERS, headers: {} }],
  ['API key unknown', { caller: 'anonymous', env: API_KEY_CALLERS, headers: { 'x-api-key': 'another' } }],
  ['no upstream credentials', { caller: 'anonymous', env: {}, headers: {} }],
  [
    'data scope not allowed',
    {
      caller: 'shop',
      env: { ...API_KEY_CALLERS, AUTH_DATA_SCOPES: 'SELF' },
      headers: { ...SHOP, 'data-scope': 'ALL' },
    },
  ],
  [
    'rate limit',
    { caller: 'shop', env: { ...API_KEY_CALLERS, RATE_LIMIT_PER_MINUTE: '1' }, headers: SHOP, answered: 1 },
  ],
  [
    'document not trusted',
    {
      caller: 'shop',
      env: { ...API_KEY_CALLERS, PERSISTED_OPERATIONS: 'examples/storefront/persisted-operations.json' },
      headers: SHOP,
    },
  ],
])(
  'The log and the metrics say why an operation was refused, its client is not told: %s',
  async ([cause, { caller, env, headers, answered = 0 }], { startGateway }) => {
    const gateway = await startGateway({ METRICS: 'true', ...env });
    for (let i = 0; i < answered; i++) await askOne(gateway, undefined, { headers });
    expect((await askOne(gateway, undefined, { headers })).text).not.toContain(cause);
    const lines = await gateway.logs.operations(answered + 1);
    expect(lines.at(-1)).toMatchObject({ caller, cause });
    expect(await gateway.metric(`gateway_refused_operations_total{caller="${caller}",cause="${cause}"}`)).toBe(1);
  },
);

test.for<readonly [RefusalCause, Record<string, unknown>, string]>([
  ['customer not claimed', OWN_CLAIMS, customer('customerId', '917406400034')],
  ['claim not verified', { ...OWN_CLAIMS, phone_number_verified: false }, customer('customerId')],
  [
    'source not allowed',
    OWN_CLAIMS,
    'customer(identifier: { name: MOBILE, value: "917406400033" }, source: FACEBOOK) { customerId }',
  ],
])(
  'The log and the metrics say why a token gives no access: %s',
  async ([cause, claims, field], { startGateway, provider }) => {
    const gateway = await startGateway({ METRICS: 'true', ...jwtCallers(provider) });
    const answer = await gateway.query(`{ ${field} }`, { headers: bearer(await provider.token(claims)) });
    expect(answer.text).not.toContain(cause);
    expect((await gateway.logs.operations(1))[0]).toMatchObject({ outcome: 'FORBIDDEN', cause });
    expect(await gateway.metric(`gateway_refused_operations_total{caller="jwt",cause="${cause}"}`)).toBe(1);
  },
);

test('The cause of an operation belongs to its outcome, which is the code of its first error', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ ...API_KEY_CALLERS, METRICS: 'true', MAX_IN_FLIGHT: '1' });
  const held = gate(pages(1));
  upstream.reply(held.reply);
  const first = askOne(gateway, undefined, { headers: SHOP });
  await upstream.callsReached(1);
  await askOne(gateway, undefined, { headers: SHOP });
  held.open();
  await first;
  const [refused, answered] = await gateway.logs.operations(2);
  expect(refused).toMatchObject({ outcome: 'OVERLOADED', cause: 'operations in flight' });
  expect(answered).not.toHaveProperty('cause');
});
