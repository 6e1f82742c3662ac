import { describe, expect } from 'vitest';
import { accounts } from '../../examples/supergraph/accounts.ts';
import { ROUTERS } from '../support/supergraph.ts';
import { testWithSupergraph } from './support/fixture.ts';
import { receipts } from './support/receipts.ts';
import { telling } from './support/telling.ts';

const test = testWithSupergraph(async () => ({ others: [accounts, receipts] }));

const ROOT = 'customer(identifier: { name: EMAIL, value: "a@x.com" }, source: INSTORE)';
const JOIN = 'accounts(emails: ["a@x.com"])';
const RECEIPT = { receiptLine: 'Next time: email a@x.com INSTORE AVAILABLE_TO_REDEEM' };
// Some planners send one field for the required list and for the client's, unless the client's has an alias.
const OWN = 'own: promotions(limit: 1) { items { name } }';
const WITH_OWN = { ...RECEIPT, own: { items: [{ name: 'email a@x.com INSTORE' }] } };

describe.each(ROUTERS)('Through %s', (router) => {
  test.for<readonly [way: string, query: string, data: object, calls: number]>([
    ['a root customer', `{ ${ROOT} { receiptLine } }`, { customer: RECEIPT }, 1],
    ['a root customer with a list of its own', `{ ${ROOT} { receiptLine ${OWN} } }`, { customer: WITH_OWN }, 2],
    ['a join', `{ ${JOIN} { loyalty { receiptLine } } }`, { accounts: [{ loyalty: RECEIPT }] }, 1],
    [
      'a join with a list of its own',
      `{ ${JOIN} { loyalty { receiptLine ${OWN} } } }`,
      { accounts: [{ loyalty: WITH_OWN }] },
      2,
    ],
  ])('Another subgraph requires the promotions of %s', async ([, query, data, calls], { supergraph, upstream }) => {
    upstream.reply(telling);
    const answer = await supergraph.ask(router, query);
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toEqual(data);
    expect(upstream.calls).toHaveLength(calls);
  });
});
