import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { askEach, outcomeOf } from '../support/questions.ts';
import { errorBody, json, pageBody, pages, type Reply } from '../support/upstream.ts';

/** An upstream that refuses calls for less than one entry. */
const strict: Reply = (call, response) => (call.query.limit === '0' ? errorBody(8101, 400) : pages(25))(call, response);

test("Ids and totals are right, also of the sandbox's customer for whom limit=0 is refused", async ({
  sandbox,
  startGateway,
}) => {
  const gateway = await startGateway({}, { sandboxUrl: sandbox.url });
  const totals =
    'customerId promotions(limit: 0) { items { id } pageDetails { totalEntries pageSize pageCount hasNextPage } }';
  const query = `{ ${customer(totals, '917000000025', 'accepts: ')} ${customer(totals, '917000000101', 'refuses: ')} }`;
  const { data, errors } = await gateway.query(query);
  expect(errors).toBeUndefined();
  const promotions = { items: [], pageDetails: { totalEntries: 25, pageSize: 0, pageCount: 0, hasNextPage: true } };
  expect(data).toEqual({
    accepts: { customerId: '347300025', promotions },
    refuses: { customerId: '347300101', promotions },
  });
});

test('An empty list has the page details of limit=0, although one entry was requested', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway();
  upstream.reply((call, response) => (call.query.limit === '0' ? errorBody(8101, 400) : pages(0))(call, response));
  const query = `{ ${customer('promotions(limit: 0) { pageDetails { totalEntries pageSize pageCount } }')} }`;
  for (let i = 0; i < 2; i++) {
    const { data } = await gateway.query(query);
    expect(data.customer.promotions.pageDetails).toEqual({ totalEntries: 0, pageSize: 0, pageCount: 0 });
  }
});

test.for<readonly [string, Reply]>([
  ['takes 0 for its default', json(pageBody(25, 0, 10))],
  ['refuses limit=0', strict],
])(
  'Page details of limit=0 are of no entries, cached or not, if upstream %s',
  async ([, reply], { upstream, startGateway }) => {
    upstream.reply(reply);
    const promotions = {
      items: [],
      pageDetails: { pageNumber: 0, pageSize: 0, totalEntries: 25, pageCount: 0, hasNextPage: true },
    };
    const selection =
      'promotions(limit: 0) { items { id } pageDetails { pageNumber pageSize totalEntries pageCount hasNextPage } }';
    const gateway = await startGateway({ CACHE_TTL_SECONDS: '60' });
    for (const alias of ['called', 'cached']) {
      const { data } = await gateway.query(`{ ${customer(selection, undefined, `${alias}: `)} }`);
      expect(data).toEqual({ [alias]: { promotions } });
    }
  },
);

test('After a refusal of limit=0, calls for no entries request one instead', async ({ upstream, startGateway }) => {
  const gateway = await startGateway();
  upstream.reply(strict);
  for (let i = 0; i < 3; i++) expect((await askEach(gateway, 1)).map(outcomeOf)).toEqual(['OK']);
  expect(upstream.calls.map(({ query }) => query.limit)).toEqual(['0', '1', '1', '1']);
});

test('Simultaneous calls with a refused limit=0 all succeed', async ({ upstream, startGateway }) => {
  const gateway = await startGateway();
  upstream.reply(strict);
  expect((await askEach(gateway, 10)).map(outcomeOf)).toEqual(Array.from({ length: 10 }, () => 'OK'));
});

test('An unknown customer is also unknown with limit=1', async ({ upstream, startGateway }) => {
  const gateway = await startGateway();
  upstream.reply((call, response) => errorBody(call.query.limit === '0' ? 8101 : 8015)(call, response));
  expect((await askEach(gateway, 1)).map(outcomeOf)).toEqual(['CUSTOMER_NOT_FOUND']);
});
