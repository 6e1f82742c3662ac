import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { customer, type TestGateway } from '../support/gateway.ts';
import { dataOf, someone } from '../support/questions.ts';
import { gate, json, pageBody, promotion, type Reply } from '../support/upstream.ts';

/** Sends at most so many entries at once, whatever is asked, each written by its position. */
const capped =
  (total: number, cap: number, write: (position: number) => object = promotion): Reply =>
  (call, response) => {
    const [offset, limit] = [Number(call.query.offset), Number(call.query.limit)];
    const promotions = pageBody(total, offset, cap).promotions.map((_, i) => write(offset + i));
    return json({ ...pageBody(total, offset, limit), promotions })(call, response);
  };

/** Leaves out the promotions at these positions from every page that should hold them. */
const leavingOut =
  (total: number, ...positions: number[]): Reply =>
  (call, response) => {
    const [offset, limit] = [Number(call.query.offset), Number(call.query.limit)];
    const body = pageBody(total, offset, limit);
    const hidden = new Set(positions.map((position) => promotion(position).promotionId));
    return json({ ...body, promotions: body.promotions.filter(({ promotionId }) => !hidden.has(promotionId)) })(
      call,
      response,
    );
  };

const readableBut = (from: number, to: number) => (position: number) =>
  position >= from && position < to ? { promotionName: 'no id' } : promotion(position);

/** Leaves the total out of the page at an offset, and of no other. */
const withoutTotalAt =
  (offset: number, total: number, cap: number): Reply =>
  (call, response) => {
    const at = Number(call.query.offset);
    const { pageDetails, promotions, ...rest } = pageBody(total, at, Math.min(cap, Number(call.query.limit)));
    json({ ...rest, ...(at !== offset && { pageDetails }), promotions })(call, response);
  };

const ids = (from: number, to: number, ...without: number[]) =>
  Array.from({ length: to - from }, (_, i) => from + i)
    .filter((position) => !without.includes(position))
    .map((position) => String(1000 + position));

type Page = { items: { promotionId: string }[]; pageDetails: object; warnings: { code: string; message: string }[] };

async function pageOf(gateway: TestGateway, limit: number, offset = 0, mobile = someone()): Promise<Page> {
  const fields = 'items { promotionId } pageDetails { totalEntries hasNextPage } warnings { code message field }';
  const data = dataOf(
    await gateway.query(`{ ${customer(`promotions(limit: ${limit}, offset: ${offset}) { ${fields} }`, mobile)} }`),
  );
  return data.customer.promotions;
}

/** The ids that a client gets which walks a connection to its end, page by page. */
async function walk(gateway: TestGateway, first: number): Promise<string[]> {
  const mobile = someone();
  const seen: string[] = [];
  for (let after = 'null', pages = 0; ; pages++) {
    expect(pages).toBeLessThan(100);
    const fields = 'nodes { promotionId } pageInfo { hasNextPage endCursor }';
    const data = dataOf(
      await gateway.query(
        `{ ${customer(`promotionConnection(first: ${first}, after: ${after}) { ${fields} }`, mobile)} }`,
      ),
    );
    const { nodes, pageInfo } = data.customer.promotionConnection;
    seen.push(...nodes.map(({ promotionId }: { promotionId: string }) => promotionId));
    if (!pageInfo.hasNextPage) return seen;
    after = JSON.stringify(pageInfo.endCursor);
  }
}

const lists = [
  ['at most 50 at once', capped(230, 50), ids(0, 230)],
  ['30 at once, whatever the limit', capped(230, 30), ids(0, 230)],
  ['all but the 51st', leavingOut(130, 50), ids(0, 130, 50)],
  ['all but the first and the last', leavingOut(130, 0, 129), ids(0, 130, 0, 129)],
  ['all but some in a row', leavingOut(230, 97, 98, 99, 100, 101), ids(0, 230, 97, 98, 99, 100, 101)],
  ['30 at once, 30 of which cannot be read', capped(200, 30, readableBut(30, 60)), [...ids(0, 30), ...ids(60, 200)]],
  ['30 at once, once without a total', withoutTotalAt(100, 230, 30), ids(0, 230)],
  ['fewer than it counts', leavingOut(230, ...Array.from({ length: 30 }, (_, i) => 200 + i)), ids(0, 200)],
] as const;

test.for(lists.flatMap(([name, reply, all]) => [7, 100, 150].map((first) => [name, first, reply, all] as const)))(
  'Of an upstream that sends %s, a walk in pages of %i shows each promotion once',
  async ([, first, reply, all], { upstream, startGateway }) => {
    upstream.reply(reply);
    expect(await walk(await startGateway(), first)).toEqual(all);
  },
);

test.for([true, false])(
  'A large window is whole though upstream sends at most 50 at once; cached: %j',
  async (cached, { upstream, startGateway }) => {
    upstream.reply(capped(230, 50));
    const gateway = await startGateway(cached ? { CACHE_TTL_SECONDS: '60' } : {});
    const mobile = someone();
    const { items, pageDetails, warnings } = await pageOf(gateway, 1000, 0, mobile);
    expect(items.map(({ promotionId }) => promotionId)).toEqual(ids(0, 230));
    expect([pageDetails, warnings]).toEqual([{ totalEntries: 230, hasNextPage: false }, []]);
    const inside = await pageOf(gateway, 10, 60, mobile);
    expect(inside.items.map(({ promotionId }) => promotionId)).toEqual(ids(60, 70));
  },
);

test.for<readonly [string, Reply]>([
  ['comes ten at a time', capped(200, 10)],
  ['holds nothing that can be read', capped(200, 10, () => ({}))],
])('A list of one customer that %s costs others no call', async ([, reply], { upstream, startGateway }) => {
  upstream.reply(reply);
  const gateway = await startGateway();
  await pageOf(gateway, 200);
  upstream.reply(capped(200, 100));
  upstream.calls.length = 0;
  expect((await pageOf(gateway, 200)).items).toHaveLength(200);
  expect(upstream.calls).toHaveLength(2);
});

test.for<readonly [string, Reply, number]>([
  ['the same promotion again, at any offset', json({ ...pageBody(1000, 0, 100), promotions: [promotion(0)] }), 1],
  [
    'the same ten again, at any offset',
    json({ ...pageBody(1000, 0, 10), pageDetails: pageBody(1000, 0, 100).pageDetails }),
    10,
  ],
])('Of an upstream that sends %s, one more call is made', async ([, reply, shown], { upstream, startGateway }) => {
  upstream.reply(reply);
  const gateway = await startGateway();
  const { items, pageDetails, warnings } = await pageOf(gateway, 100);
  expect(items).toHaveLength(shown);
  expect(pageDetails).toEqual({ totalEntries: 1000, hasNextPage: true });
  expect(warnings.map(({ code }) => code)).toContain('MISSING_ENTRIES');
  expect(upstream.calls).toHaveLength(2);
});

test('Pages of two customers are never one list', async ({ upstream, startGateway }) => {
  upstream.reply((call, response) => {
    const [offset, limit] = [Number(call.query.offset), Number(call.query.limit)];
    json({ ...pageBody(250, offset, limit), customerId: offset < 100 ? 1 : 999 })(call, response);
  });
  const gateway = await startGateway();
  const { items, pageDetails, warnings } = await pageOf(gateway, 300);
  expect(items.map(({ promotionId }) => promotionId)).toEqual(ids(0, 100));
  expect(pageDetails).toEqual({ totalEntries: 250, hasNextPage: true });
  expect(warnings[0]?.message).toBe('Upstream sent 100 of the 250 promotions that it counts in this window.');
});

test('Each window of a list that changes its customer is of one of them', async ({ upstream, startGateway }) => {
  upstream.reply((call, response) => {
    const [offset, limit] = [Number(call.query.offset), Number(call.query.limit)];
    const ofFirst = { customerId: 1, warnings: [{ code: 5, message: 'The customer is being merged.' }] };
    const page = pageBody(200, offset, Math.min(limit, 30), 999);
    json({ ...page, ...(offset < 30 && ofFirst) })(call, response);
  });
  const gateway = await startGateway();
  const fields = '{ items { promotionId } warnings { code } }';
  const data = dataOf(
    await gateway.query(
      `{ ${customer(`a: promotions(limit: 20) ${fields} b: promotions(limit: 20, offset: 70) ${fields}`, someone())} }`,
    ),
  );
  const shown = (page: Page) => page.items.map(({ promotionId }) => promotionId);
  expect(shown(data.customer.a)).toEqual(ids(0, 20));
  expect(shown(data.customer.b)).toEqual(ids(70, 90));
  expect([data.customer.a.warnings, data.customer.b.warnings]).toEqual([[{ code: '5' }], []]);
});

test('Of a list that grows between its calls, the rest can be asked for', async ({ upstream, startGateway }) => {
  upstream.reply((call, response) => {
    const [offset, limit] = [Number(call.query.offset), Number(call.query.limit)];
    json(pageBody(offset < 100 ? 120 : 250, offset, limit))(call, response);
  });
  const gateway = await startGateway();
  expect((await pageOf(gateway, 300)).pageDetails).toEqual({ totalEntries: 250, hasNextPage: true });
});

test.for([
  ['holds a promotion twice', (position: number) => promotion(position === 50 ? 49 : position), [50]],
  [
    'holds promotions that cannot be read',
    (position: number) => (position === 3 || position === 70 ? { promotionName: 'no id' } : promotion(position)),
    [3, 70],
  ],
] as const)(
  'A capped list that %s is whole, and so are those of others',
  async ([, write, without], { upstream, startGateway }) => {
    upstream.reply(capped(100, 50, write));
    const gateway = await startGateway();
    const { items } = await pageOf(gateway, 100);
    expect(new Set(items.map(({ promotionId }) => promotionId))).toEqual(new Set(ids(0, 100, ...without)));
    upstream.reply(capped(100, 50));
    expect((await pageOf(gateway, 100)).items).toHaveLength(100);
  },
);

test('Behind a page whose rest cannot be asked for, nothing is shown, and a walk gets everything', async ({
  upstream,
  startGateway,
}) => {
  upstream.reply(capped(200, 60));
  const gateway = await startGateway({ MAX_UPSTREAM_CALLS: '2' });
  const { items, pageDetails } = await pageOf(gateway, 200);
  expect(items.map(({ promotionId }) => promotionId)).toEqual(ids(0, 60));
  expect(pageDetails).toEqual({ totalEntries: 200, hasNextPage: true });
  expect(await walk(gateway, 200)).toEqual(ids(0, 200));
});

test('A response that lacks what a failed call would have brought is not sent again', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ CACHE_TTL_SECONDS: '60', UPSTREAM_RETRIES: '0' });
  upstream.reply((call, response) =>
    call.query.offset === '0' ? capped(60, 50)(call, response) : json({}, 500)(call, response),
  );
  const query = `{ ${customer('promotions(limit: 100) { items { promotionId } }', someone())} }`;
  const lacking = await gateway.query(query);
  expect(dataOf(lacking).customer.promotions.items).toHaveLength(50);
  expect(lacking.headers.get('cache-control')).toBe('private, max-age=0');
  upstream.reply(capped(60, 50));
  expect(dataOf(await gateway.query(query)).customer.promotions.items).toHaveLength(60);
});

/** Sends pages of this list, at most so many entries at once, with this total. */
const listOf =
  (positions: readonly number[], cap: number, total: number | null = positions.length): Reply =>
  (call, response) => {
    const [offset, limit] = [Number(call.query.offset), Number(call.query.limit)];
    const promotions = positions.slice(offset, offset + Math.min(cap, limit)).map(promotion);
    const { pageDetails, ...rest } = pageBody(0, offset, limit);
    return json({
      ...rest,
      ...(total !== null && { pageDetails: { ...pageDetails, totalEntries: total } }),
      promotions,
    })(call, response);
  };

/** Replies in turn, and then as the last one does. */
function inTurn(...replies: readonly [Reply, ...Reply[]]): Reply {
  let calls = 0;
  return (call, response) => replies[Math.min(calls++, replies.length - 1)]?.(call, response);
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test.for<readonly [string, Reply]>([
  ['has a total that is too high', listOf(upTo(50), 50, 70)],
  ['loses its 51st promotion between two calls', inTurn(listOf(upTo(51), 50), listOf(upTo(50), 50))],
  [
    'gets 25 promotions in front between two calls',
    inTurn(listOf(upTo(60), 50), listOf([...upTo(25).map((i) => 900 + i), ...upTo(60)], 50)),
  ],
  ['ends with a promotion that it holds twice', listOf([...upTo(50), 3], 50)],
  [
    'holds two promotions that cannot be read',
    capped(51, 50, (position) => (position === 3 || position === 50 ? {} : promotion(position))),
  ],
])('A list of one customer that %s hides no promotions of others', async ([, reply], { upstream, startGateway }) => {
  upstream.reply(reply);
  const gateway = await startGateway();
  await pageOf(gateway, 100);
  upstream.reply(capped(120, 50));
  const { items, pageDetails } = await pageOf(gateway, 1000);
  expect(items.map(({ promotionId }) => promotionId)).toEqual(ids(0, 120));
  expect(pageDetails).toEqual({ totalEntries: 120, hasNextPage: false });
});

test.for<readonly [string, string, Record<string, string>, Reply, string]>([
  ['fails', 'promotions(limit: 60, offset: 60)', {}, json({}, 500), 'UPSTREAM_UNAVAILABLE'],
  ['fails', 'promotions(limit: 10, offset: 60)', {}, json({}, 500), 'UPSTREAM_UNAVAILABLE'],
  [
    'cannot be asked for',
    'promotions(limit: 60, offset: 60)',
    { MAX_UPSTREAM_CALLS: '2' },
    capped(120, 50),
    'OPERATION_TOO_EXPENSIVE',
  ],
])(
  'If the rest of a shared call %s, a window that begins in it is an error: %s',
  async ([, window, env, rest, code], { upstream, startGateway }) => {
    upstream.reply((call, response) => (call.query.offset === '50' ? rest : capped(120, 50))(call, response));
    const gateway = await startGateway({ UPSTREAM_RETRIES: '0', ...env });
    const { data, errors } = await gateway.query(
      `{ ${customer(`a: promotions(limit: 10) { items { promotionId } } b: ${window} { items { promotionId } }`, someone())} }`,
    );
    expect(data.customer.a.items).toHaveLength(10);
    expect(data.customer.b).toBeNull();
    expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([[['customer', 'b'], code]]);
  },
);

test.for([
  [10, 60, 50],
  [5, 30, 25],
] as const)(
  '%i customers with %i promotions each get all of them, though only %i come at once',
  async ([customers, total, cap], { upstream, startGateway }) => {
    upstream.reply(capped(total, cap));
    const gateway = await startGateway();
    for (let i = 0; i < 3; i++) {
      upstream.calls.length = 0;
      const many = upTo(customers).map((n) => `{ name: MOBILE, value: "${someone()}${n}" }`);
      const data = dataOf(
        await gateway.query(
          `{ customers(identifiers: [${many.join(' ')}], source: ALL) { promotions(limit: 1000) { items { id } } } }`,
        ),
      );
      expect(data.customers.map((each: { promotions: Page }) => each.promotions.items.length)).toEqual(
        Array(customers).fill(total),
      );
      expect(upstream.calls).toHaveLength(2 * customers);
    }
  },
);

test.for([
  [25, 100],
  [25, 10],
  [350, 50],
] as const)(
  'Without a total, a walk shows each of %i promotions once, at most %i at once',
  async ([total, cap], { upstream, startGateway }) => {
    upstream.reply(listOf(upTo(total), cap, null));
    const gateway = await startGateway();
    expect(await walk(gateway, 100)).toEqual(ids(0, total));
    upstream.calls.length = 0;
    await pageOf(gateway, 1000);
    expect(upstream.calls).toHaveLength(1);
  },
);

test('What upstream left out is asked for once, and a warning says how much is missing', async ({
  upstream,
  startGateway,
}) => {
  upstream.reply(leavingOut(130, 50));
  const gateway = await startGateway();
  const { items, warnings } = await pageOf(gateway, 100);
  expect(items).toHaveLength(99);
  expect(warnings).toEqual([
    {
      code: 'MISSING_ENTRIES',
      message: 'Upstream sent 99 of the 100 promotions that it counts in this window.',
      field: 'promotions',
    },
  ]);
  expect(upstream.calls).toHaveLength(2);
  await pageOf(gateway, 100);
  expect(upstream.calls).toHaveLength(3);
});

test('An operation without calls left shows what came, says what is missing, and can be continued', async ({
  upstream,
  startGateway,
}) => {
  upstream.reply(capped(230, 50));
  const gateway = await startGateway({ MAX_UPSTREAM_CALLS: '1' });
  const { items, pageDetails, warnings } = await pageOf(gateway, 100);
  expect(items.map(({ promotionId }) => promotionId)).toEqual(ids(0, 50));
  expect(pageDetails).toEqual({ totalEntries: 230, hasNextPage: true });
  expect(warnings[0]?.message).toBe('Upstream sent 50 of the 100 promotions that it counts in this window.');
  expect(await walk(gateway, 100)).toEqual(ids(0, 230));
});

test('If what followed the short page of another list used up the calls, a large window ends where they did', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ MAX_UPSTREAM_CALLS: '4' });
  const held = gate(capped(300, 100));
  upstream.reply((call, response) =>
    (call.query.promotionStatusForCustomer === 'EXPIRED' ? capped(100, 50) : held.reply)(call, response),
  );
  const fields = 'items { promotionId } pageDetails { hasNextPage } warnings { message }';
  const answer = gateway.query(
    `{ ${customer(`short: promotions(limit: 100, status: EXPIRED) { ${fields} } large: promotions(limit: 300) { ${fields} }`, someone())} }`,
  );
  await upstream.callsReached(3);
  held.open();
  const { short, large } = dataOf(await answer).customer;
  expect(short.items).toHaveLength(100);
  expect(large.items.map(({ promotionId }: { promotionId: string }) => promotionId)).toEqual(ids(0, 200));
  expect(large.pageDetails).toEqual({ hasNextPage: true });
  expect(large.warnings).toEqual([
    { message: 'Upstream sent 200 of the 300 promotions that it counts in this window.' },
  ]);
  expect(upstream.calls).toHaveLength(4);
});

test('A large window is whole though one of the pages in its rest has no total', async ({ upstream, startGateway }) => {
  upstream.reply(withoutTotalAt(60, 230, 30));
  const { items } = await pageOf(await startGateway(), 1000);
  expect(items.map(({ promotionId }) => promotionId)).toEqual(ids(0, 230));
});

test('A page as long as those that went on is followed, also if upstream left some out of other lists', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway();
  upstream.reply(capped(120, 95));
  await pageOf(gateway, 100);
  upstream.reply(leavingOut(130, 50));
  await pageOf(gateway, 100);
  upstream.reply(capped(120, 95));
  const { items, warnings } = await pageOf(gateway, 100);
  expect(items.map(({ promotionId }) => promotionId)).toEqual(ids(0, 100));
  expect(warnings).toEqual([]);
});

test('A list that changes between two calls does not show that upstream leaves something out', async ({
  upstream,
  startGateway,
}) => {
  const grown = [...upTo(25).map((i) => 900 + i), ...upTo(60)];
  upstream.reply(inTurn(listOf(upTo(60), 50), listOf(grown, 50)));
  const gateway = await startGateway();
  await pageOf(gateway, 100);
  upstream.reply(capped(120, 95));
  expect((await pageOf(gateway, 100)).items.map(({ promotionId }) => promotionId)).toEqual(ids(0, 100));
});

test('Calls that a list did not need are left for what follows the short page of another one', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ MAX_UPSTREAM_CALLS: '4', METRICS: 'true' });
  const [small, large] = [someone(), someone()];
  const held = gate(capped(100, 50));
  upstream.on(small, capped(10, 50));
  upstream.on(large, held.reply);
  const list = (limit: number) => `promotions(limit: ${limit}) { items { promotionId } }`;
  const answer = gateway.query(`{ ${customer(list(300), small, 'small: ')} ${customer(list(100), large, 'large: ')} }`);
  await upstream.callsReached(2);
  await eventually('calls in flight', () => gateway.metric('gateway_upstream_calls_in_flight'), 1);
  held.open();
  const data = dataOf(await answer);
  expect([data.small.promotions.items.length, data.large.promotions.items.length]).toEqual([10, 100]);
  expect(upstream.calls).toHaveLength(3);
});

test('A total that the pages of a window disprove is not taken from an empty one of them', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway();
  upstream.reply((call, response) => {
    const body = pageBody(200, Number(call.query.offset), Number(call.query.limit));
    return json({ ...body, pageDetails: { ...body.pageDetails, totalEntries: 0 } })(call, response);
  });
  const list = 'promotions(limit: 300) { items { promotionId } pageDetails { totalEntries pageCount } }';
  const { items, pageDetails } = dataOf(await gateway.query(`{ ${customer(list)} }`)).customer.promotions;
  expect(items).toHaveLength(200);
  expect(pageDetails).toEqual({ totalEntries: 200, pageCount: 1 });
});

test('A total that does not count the promotions of its page is named in a warning', async ({
  upstream,
  startGateway,
}) => {
  // It sends the beginning of its list, whatever offset is asked for.
  upstream.reply((call, response) => json(pageBody(15, 0, Number(call.query.limit)))(call, response));
  const gateway = await startGateway();
  expect((await pageOf(gateway, 10)).warnings).toEqual([]);
  const { pageDetails, warnings } = await pageOf(gateway, 10, 10, someone());
  expect(pageDetails).toEqual({ totalEntries: 20, hasNextPage: false });
  expect(warnings).toEqual([
    {
      code: 'INVALID_VALUE',
      message: 'pageDetails.totalEntries: 15 does not count the 10 promotions that upstream sent for offset 10.',
      field: 'pageDetails.totalEntries',
    },
  ]);
});

test('A warning names a total that does not count its page of a thousand and more', async ({
  upstream,
  startGateway,
}) => {
  // It sends all of its list, whatever is asked for.
  upstream.reply(json(pageBody(1500, 0, 1500)));
  const gateway = await startGateway({ CACHE_TTL_SECONDS: '60' });
  for (const offset of [0, 500, 500]) {
    const { items, pageDetails, warnings } = await pageOf(gateway, 100, offset);
    expect(items).toHaveLength(100);
    expect(pageDetails).toEqual({ totalEntries: 1500, hasNextPage: true });
    const message = `pageDetails.totalEntries: 1500 does not count the 1500 promotions that upstream sent for offset ${offset}.`;
    expect(warnings).toEqual(
      offset === 0 ? [] : [{ code: 'INVALID_VALUE', message, field: 'pageDetails.totalEntries' }],
    );
  }
});
