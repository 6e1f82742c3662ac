import { describe, expect } from 'vitest';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';
import { test as base } from '../support/fixture.ts';
import { customer, type GraphQLResult } from '../support/gateway.ts';
import { dataOf } from '../support/questions.ts';

const QUERY =
  'customerId promotions(limit: 1000) { items { promotionId name } warnings { code message } pageDetails { totalEntries } }';

/** `test` with `lookUp`: sends a query as the playground does, without credentials, to a gateway in front of the sandbox. */
const test = base.extend('lookUp', async ({ startGateway, sandbox }) => {
  // One for each test, since so many faults in a row would open its circuit.
  const settings = { UPSTREAM_TIMEOUT_MS: '1000', UPSTREAM_RETRIES: '0' };
  const gateway = await startGateway(settings, { sandboxUrl: sandbox.url });
  return (mobile: string): Promise<GraphQLResult> => gateway.query(`{ ${customer(QUERY, mobile)} }`, { headers: {} });
});

const failing = SANDBOX_CUSTOMERS.filter(({ behaviour }) => behaviour.kind === 'fault');
const answered = SANDBOX_CUSTOMERS.filter(({ behaviour }) => behaviour.kind !== 'fault');

describe('A customer of the sandbox, looked up through the gateway', () => {
  test.for(failing)('$mobile fails with the code in its description: $shows', async ({ mobile, shows }, { lookUp }) => {
    const { data, errors } = await lookUp(mobile);
    expect(data).toEqual({ customer: null });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([shows.split(' ')[0]]);
  });

  test.for(answered)('$mobile is found: $shows', async ({ mobile, id, behaviour }, { lookUp }) => {
    const { data, errors } = await lookUp(mobile);
    expect(errors).toBeUndefined();
    expect(data.customer.customerId).toBe(String(id));
    const { items, warnings, pageDetails } = data.customer.promotions;
    expect(items).toHaveLength(pageDetails.totalEntries);
    if (behaviour.kind === 'promotions') expect(items).toHaveLength(behaviour.count);
    if (behaviour.kind !== 'drift') expect(warnings).toEqual([]);
  });

  test("has warnings about drift in addition to upstream's own", async ({ lookUp }) => {
    const data = dataOf(await lookUp('917000000600'));
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
