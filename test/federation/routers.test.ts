import { describe, expect } from 'vitest';
import { BASIC } from '../support/gateway.ts';
import { codesOf, firstError } from '../support/questions.ts';
import { ROUTERS } from '../support/supergraph.ts';
import { errorBody, json, pageBody, type TestUpstream } from '../support/upstream.ts';
import { testWithSupergraph } from './support/fixture.ts';

const test = testWithSupergraph();

const addresses = (count: number) => Array.from({ length: count }, (_, i) => `account${i}@example.com`);
/** The number of requests to the promotions gateway that made the upstream calls. */
const requestsBehind = ({ calls }: TestUpstream) => new Set(calls.map(({ headers }) => headers['x-request-id'])).size;

describe.each(ROUTERS)('Through %s', (router) => {
  test('An account known by e-mail finds its customer by identifier and source', async ({ supergraph, upstream }) => {
    const { data, errors } = await supergraph.ask(
      router,
      '{ accounts(emails: ["a@example.com"]) { email loyalty { identifier { name value } source customerId promotions { items { name } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.accounts[0].loyalty).toMatchObject({
      identifier: { name: 'EMAIL', value: 'a@example.com' },
      source: 'INSTORE',
      customerId: '347297848',
    });
    expect(data.accounts[0].loyalty.promotions.items).toHaveLength(10);
    expect(upstream.calls.map(({ query }) => query)).toEqual([
      { identifierName: 'email', identifierValue: 'a@example.com', source: 'INSTORE', limit: '10', offset: '0' },
    ]);
  });

  test('A member known by Capillary id finds their customer by the identifier ID', async ({ supergraph, upstream }) => {
    const { data, errors } = await supergraph.ask(
      router,
      '{ members(capillaryIds: ["347297848"]) { customer { memberSince promotions(limit: 2) { items { promotionId } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.members).toEqual([
      {
        customer: {
          memberSince: '2019-05-04',
          promotions: { items: [{ promotionId: '1000' }, { promotionId: '1001' }] },
        },
      },
    ]);
    expect(upstream.calls.map(({ query }) => query)).toEqual([
      { identifierName: 'id', identifierValue: '347297848', source: 'ALL', limit: '2', offset: '0' },
    ]);
  });

  test('Another subgraph extends a customer by customerId, whichever subgraph it came from', async ({ supergraph }) => {
    const { data, errors } = await supergraph.ask(
      router,
      `{ customer(identifier: { name: MOBILE, value: "1" }, source: INSTORE) { memberSince }
         accounts(emails: ["a@example.com"]) { loyalty { memberSince } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      customer: { memberSince: '2019-05-04' },
      accounts: [{ loyalty: { memberSince: '2019-05-04' } }],
    });
  });

  test('A promotion gets its banner from another subgraph, or null', async ({ supergraph, upstream }) => {
    const promotions = [{ promotionId: 1122938 }, { promotionId: 1122935 }];
    upstream.reply(json({ ...pageBody(2, 0, 10), promotions }));
    const { data, errors } = await supergraph.ask(
      router,
      '{ accounts(emails: ["a@example.com"]) { loyalty { promotions { items { banner { headline } } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.accounts[0].loyalty.promotions.items).toEqual([
      { banner: { headline: 'Fifty points for every purchase' } },
      { banner: null },
    ]);
  });

  test('Promotions of two customers are joined to banners by promotionId, and keep their own ids', async ({
    supergraph,
    upstream,
  }) => {
    upstream.reply((call, response) => {
      const body = pageBody(1, 0, 10, call.query.identifierValue?.startsWith('b') ? 2 : 1);
      return json({ ...body, promotions: [{ promotionId: 1122938 }] })(call, response);
    });
    const { data, errors } = await supergraph.ask(
      router,
      '{ accounts(emails: ["a@example.com", "b@example.com"]) { loyalty { promotions { items { id promotionId banner { headline } } } } } }',
    );
    expect(errors).toBeUndefined();
    const items = data.accounts.flatMap(
      ({ loyalty }: { loyalty: { promotions: { items: unknown[] } } }) => loyalty.promotions.items,
    );
    const banner = { headline: 'Fifty points for every purchase' };
    expect(items).toMatchObject([
      { promotionId: '1122938', banner },
      { promotionId: '1122938', banner },
    ]);
    expect(new Set(items.map(({ id }: { id: string }) => id)).size).toBe(2);
  });

  test('A client names data scopes for the lists of one customer', async ({ supergraph, upstream }) => {
    const { data, errors } = await supergraph.ask(
      router,
      `query ($scope: DataScopeInput) { accounts(emails: ["a@example.com"]) { loyalty {
        customerId
        own: promotions(limit: 1) { items { id } }
        other: promotions(dataScope: $scope, limit: 1) { items { id } }
      } } }`,
      { variables: { scope: { scope: 'OTHER', orgIds: ['50406'] } } },
    );
    expect(errors).toBeUndefined();
    const { own, other } = data.accounts[0].loyalty;
    expect(own.items[0].id).not.toBe(other.items[0].id);
    expect(upstream.calls.map(({ headers }) => [headers['data-scope'], headers['data-scope-org']]).sort()).toEqual([
      [undefined, undefined],
      ['OTHER', '50406'],
    ]);
  });

  test('A list that fails is null, and the rest of its customer is not affected', async ({ supergraph }) => {
    const { data, errors } = await supergraph.ask(
      router,
      `{ accounts(emails: ["a@example.com"]) { loyalty {
        customerId
        bad: promotions(limit: 100000) { items { promotionId } }
        good: promotions(limit: 1) { items { promotionId } }
      } } }`,
    );
    expect(data.accounts[0].loyalty).toEqual({
      customerId: '347297848',
      bad: null,
      good: { items: [{ promotionId: '1000' }] },
    });
    expect(errors?.map(({ message, path, extensions }) => [message, path, extensions.code])).toEqual([
      ['limit must be at most 1000, got 100000.', ['accounts', 0, 'loyalty', 'bad'], 'BAD_USER_INPUT'],
    ]);
  });

  test('50 accounts are 50 entities of one request and 50 upstream calls', async ({ supergraph, upstream }) => {
    const { data, errors } = await supergraph.ask(
      router,
      'query ($emails: [String!]!) { accounts(emails: $emails) { loyalty { customerId promotions { pageDetails { totalEntries } items { promotionId } } } } }',
      { variables: { emails: addresses(50) } },
    );
    expect(errors).toBeUndefined();
    expect(data.accounts).toHaveLength(50);
    expect(upstream.calls.map(({ query }) => query.identifierValue).sort()).toEqual(addresses(50).sort());
    expect(requestsBehind(upstream)).toBe(1);
  });

  test('50 accounts of 10 people are 10 upstream calls', async ({ supergraph, upstream }) => {
    const emails = [...addresses(10), ...addresses(10), ...addresses(10), ...addresses(10), ...addresses(10)];
    const { data, errors } = await supergraph.ask(
      router,
      'query ($emails: [String!]!) { accounts(emails: $emails) { loyalty { promotions { items { promotionId } } } } }',
      { variables: { emails } },
    );
    expect(errors).toBeUndefined();
    expect(data.accounts).toHaveLength(50);
    expect(upstream.calls).toHaveLength(10);
  });

  test('Fields that a representation already holds cost no upstream call', async ({ supergraph, upstream }) => {
    const { data } = await supergraph.ask(
      router,
      '{ accounts(emails: ["a@example.com"]) { loyalty { identifier { value } source } } }',
    );
    expect(data.accounts[0].loyalty).toEqual({ identifier: { value: 'a@example.com' }, source: 'INSTORE' });
    expect(upstream.calls).toEqual([]);
  });

  test('An unknown customer is null with its code, and the others are complete', async ({ supergraph, upstream }) => {
    upstream.on('account1@example.com', errorBody(8015));
    const { data, errors } = await supergraph.ask(
      router,
      'query ($emails: [String!]!) { accounts(emails: $emails) { email loyalty { customerId promotions { items { promotionId } } } } }',
      { variables: { emails: addresses(3) } },
    );
    expect(data.accounts.map(({ loyalty }: { loyalty: unknown }) => loyalty !== null)).toEqual([true, false, true]);
    expect(new Set(codesOf({ errors }))).toEqual(new Set(['CUSTOMER_NOT_FOUND']));
    expect(new Set(errors?.map(({ path }) => path?.slice(0, 3).join('.')))).toEqual(new Set(['accounts.1.loyalty']));
    expect(errors?.[0]?.extensions.upstream).toEqual({ status: 200, code: 8015 });
  });

  test('A bad representation is null, and the good ones are complete', async ({ supergraph, upstream }) => {
    const emails = ['a@example.com', '', 'b@example.com'];
    const { data, errors } = await supergraph.ask(
      router,
      'query ($emails: [String!]!) { accounts(emails: $emails) { loyalty { customerId } } }',
      {
        variables: { emails },
      },
    );
    expect(data.accounts.map(({ loyalty }: { loyalty: unknown }) => loyalty)).toEqual([
      { customerId: '347297848' },
      null,
      { customerId: '347297848' },
    ]);
    expect(codesOf({ errors })).toEqual(['BAD_USER_INPUT']);
    expect(upstream.calls).toHaveLength(2);
  });

  test('A rate limit of upstream keeps its code and retryAfterSeconds', async ({ supergraph, upstream }) => {
    upstream.reply(json({}, 429, { 'retry-after': '7' }));
    const { data, errors } = await supergraph.ask(
      router,
      '{ members(capillaryIds: ["347297848"]) { customer { promotions { items { promotionId } } } } }',
      // A 429 pauses these credentials, which no other test uses.
      { headers: { 'x-cap-api-oauth-token': `limited through ${router}`.replaceAll(' ', '-') } },
    );
    expect(data.members).toEqual([{ customer: { promotions: null } }]);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 7 });
  });

  const QUESTION = '{ accounts(emails: ["a@example.com"]) { loyalty { customerId } } }';
  test('Credentials, data scope and request id are forwarded', async ({ supergraph, upstream }) => {
    const headers = {
      authorization: BASIC,
      'data-scope': 'OTHER',
      'data-scope-org': '50405',
      'x-request-id': '1c5ae62b-6b0c-4ae1-9a55-0e3d1f4f6a10',
    };
    const { errors } = await supergraph.ask(router, QUESTION, { headers });
    expect(errors).toBeUndefined();
    expect(upstream.calls.map((call) => call.headers)).toEqual([expect.objectContaining(headers)]);
  });

  test("An OAuth token of Capillary's is forwarded", async ({ supergraph, upstream }) => {
    const headers = { 'x-cap-api-oauth-token': 'token-1' };
    const { errors } = await supergraph.ask(router, QUESTION, { headers });
    expect(errors).toBeUndefined();
    expect(upstream.calls.map((call) => call.headers)).toEqual([expect.objectContaining(headers)]);
    expect(upstream.calls[0]?.headers).not.toHaveProperty('authorization');
  });

  test('Missing credentials are UNAUTHENTICATED', async ({ supergraph, upstream }) => {
    const answer = await supergraph.ask(router, QUESTION, { headers: {} });
    expect(answer.data.accounts).toEqual([{ loyalty: null }]);
    expect(firstError(answer)?.code).toBe('UNAUTHENTICATED');
    expect(upstream.calls).toEqual([]);
  });
});
