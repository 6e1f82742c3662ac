import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { type Gateway, startGateway } from '../../src/start/gateway.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { ask, customer } from '../support/gateway.ts';

let sandbox: Sandbox;
let gateway: Gateway;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
// One for each test, since so many faults in a row would open its circuit.
beforeEach(async () => {
  const config = parseConfig({ PORT: '0', UPSTREAM_TIMEOUT_MS: '1000', UPSTREAM_RETRIES: '0' });
  gateway = await startGateway(config, { url: sandbox.url, sandbox: true }, createLogger('silent', 'json'));
});
afterEach(() => gateway.close());
afterAll(() => sandbox.close());

const QUERY =
  'id promotions(limit: 1000) { items { promotionId name } warnings { code message } pageDetails { totalEntries } }';
/** Sends a query as the playground does, without credentials. */
const lookUp = (mobile: string) => ask(gateway.url, `{ ${customer(QUERY, mobile)} }`, { headers: {} });

const failing = SANDBOX_CUSTOMERS.filter(({ behaviour }) => behaviour.kind === 'fault');
const answered = SANDBOX_CUSTOMERS.filter(({ behaviour }) => behaviour.kind !== 'fault');

describe('A customer of the sandbox, looked up through the gateway', () => {
  test.each(failing)('$mobile fails with the code in its description: $shows', async ({ mobile, shows }) => {
    const { data, errors } = await lookUp(mobile);
    expect(data).toEqual({ customer: null });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([shows.split(' ')[0]]);
  });

  test.each(answered)('$mobile is found: $shows', async ({ mobile, id, behaviour }) => {
    const { data, errors } = await lookUp(mobile);
    expect(errors).toBeUndefined();
    expect(data.customer.id).toBe(String(id));
    const { items, warnings, pageDetails } = data.customer.promotions;
    expect(items).toHaveLength(pageDetails.totalEntries);
    if (behaviour.kind === 'promotions') expect(items).toHaveLength(behaviour.count);
    if (behaviour.kind !== 'drift') expect(warnings).toEqual([]);
  });

  test("has warnings about drift in addition to upstream's own", async () => {
    const { data } = await lookUp('917000000600');
    const { warnings } = data.customer.promotions;
    expect(warnings).toEqual(
      expect.arrayContaining([
        { code: null, message: 'A plain warning' },
        { code: '9001', message: 'A warning with a code' },
        { code: 'UNKNOWN_VALUE', message: expect.stringContaining('CASHBACK') },
        { code: 'INVALID_VALUE', message: expect.stringContaining('soon') },
      ]),
    );
  });
});
