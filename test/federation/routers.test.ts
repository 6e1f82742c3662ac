import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BASIC } from '../support/gateway.ts';
import { ROUTERS, startTestSupergraph, type TestSupergraph } from '../support/supergraph.ts';
import { errorBody, json, pageBody } from '../support/upstream.ts';

let supergraph: TestSupergraph;
beforeAll(async () => {
  supergraph = await startTestSupergraph();
});
beforeEach(() => supergraph.upstream.reset());
afterAll(() => supergraph.close());

const addresses = (count: number) => Array.from({ length: count }, (_, i) => `account${i}@example.com`);
const requestsToTheGateway = () =>
  new Set(supergraph.upstream.calls.map(({ headers }) => headers['x-request-id'])).size;

describe.each(ROUTERS)('Through %s', (router) => {
  const ask: TestSupergraph['ask'] extends (router: never, ...rest: infer Rest) => infer Answer
    ? (...rest: Rest) => Answer
    : never = (...rest) => supergraph.ask(router, ...rest);

  test('an account known by e-mail finds its customer by identifier and source', async () => {
    const { data, errors } = await ask(
      '{ accounts(emails: ["a@example.com"]) { email loyalty { identifier { name value } source id promotions { items { name } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.accounts[0].loyalty).toMatchObject({
      identifier: { name: 'EMAIL', value: 'a@example.com' },
      source: 'INSTORE',
      id: '347297848',
    });
    expect(data.accounts[0].loyalty.promotions.items).toHaveLength(10);
    expect(supergraph.upstream.calls.map(({ query }) => query)).toEqual([
      { identifierName: 'email', identifierValue: 'a@example.com', source: 'INSTORE', limit: '10', offset: '0' },
    ]);
  });

  test('a member known by Capillary id finds their customer by id', async () => {
    const { data, errors } = await ask(
      '{ members(capillaryIds: ["347297848"]) { customer { memberSince promotions(limit: 2) { items { id } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.members).toEqual([
      { customer: { memberSince: '2019-05-04', promotions: { items: [{ id: '1000' }, { id: '1001' }] } } },
    ]);
    expect(supergraph.upstream.calls.map(({ query }) => query)).toEqual([
      { identifierName: 'id', identifierValue: '347297848', source: 'ALL', limit: '2', offset: '0' },
    ]);
  });

  test('a customer of ours is extended by id, wherever it came from', async () => {
    const { data, errors } = await ask(
      `{ customer(identifier: { name: MOBILE, value: "1" }, source: INSTORE) { memberSince }
         accounts(emails: ["a@example.com"]) { loyalty { memberSince } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      customer: { memberSince: '2019-05-04' },
      accounts: [{ loyalty: { memberSince: '2019-05-04' } }],
    });
  });

  test('a promotion gets its banner from another subgraph, or none', async () => {
    const promotions = [{ promotionId: 1122938 }, { promotionId: 1122935 }];
    supergraph.upstream.reply(json({ ...pageBody(2, 0, 10), promotions }));
    const { data, errors } = await ask(
      '{ accounts(emails: ["a@example.com"]) { loyalty { promotions { items { banner { headline } } } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.accounts[0].loyalty.promotions.items).toEqual([
      { banner: { headline: 'Fifty points for every purchase' } },
      { banner: null },
    ]);
  });

  test('50 accounts are 50 entities of one request, and 50 upstream calls', async () => {
    const { data, errors } = await ask(
      'query ($emails: [String!]!) { accounts(emails: $emails) { loyalty { id promotions { pageDetails { totalEntries } items { id } } } } }',
      { variables: { emails: addresses(50) } },
    );
    expect(errors).toBeUndefined();
    expect(data.accounts).toHaveLength(50);
    expect(supergraph.upstream.calls.map(({ query }) => query.identifierValue).sort()).toEqual(addresses(50).sort());
    expect(requestsToTheGateway()).toBe(1);
  });

  test('50 accounts of 10 people are 10 upstream calls', async () => {
    const emails = [...addresses(10), ...addresses(10), ...addresses(10), ...addresses(10), ...addresses(10)];
    const { data, errors } = await ask(
      'query ($emails: [String!]!) { accounts(emails: $emails) { loyalty { promotions { items { id } } } } }',
      { variables: { emails } },
    );
    expect(errors).toBeUndefined();
    expect(data.accounts).toHaveLength(50);
    expect(supergraph.upstream.calls).toHaveLength(10);
  });

  test('what the representation holds already costs no upstream call', async () => {
    const { data } = await ask('{ accounts(emails: ["a@example.com"]) { loyalty { identifier { value } source } } }');
    expect(data.accounts[0].loyalty).toEqual({ identifier: { value: 'a@example.com' }, source: 'INSTORE' });
    expect(supergraph.upstream.calls).toEqual([]);
  });

  test('an unknown customer is null with its code, and the others are there', async () => {
    supergraph.upstream.on('account1@example.com', errorBody(8015));
    const { data, errors } = await ask(
      'query ($emails: [String!]!) { accounts(emails: $emails) { email loyalty { id promotions { items { id } } } } }',
      { variables: { emails: addresses(3) } },
    );
    expect(data.accounts.map(({ loyalty }: { loyalty: unknown }) => loyalty !== null)).toEqual([true, false, true]);
    expect(errors?.map(({ extensions }) => extensions.code)).toContain('CUSTOMER_NOT_FOUND');
    expect(new Set(errors?.map(({ path }) => path?.slice(0, 3).join('.')))).toEqual(new Set(['accounts.1.loyalty']));
    expect(errors?.[0]?.extensions.upstream).toEqual({ status: 200, code: 8015 });
  });

  test('one bad representation leaves the good ones alone', async () => {
    const emails = ['a@example.com', '', 'b@example.com'];
    const { data, errors } = await ask('query ($emails: [String!]!) { accounts(emails: $emails) { loyalty { id } } }', {
      variables: { emails },
    });
    expect(data.accounts.map(({ loyalty }: { loyalty: unknown }) => loyalty)).toEqual([
      { id: '347297848' },
      null,
      { id: '347297848' },
    ]);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(supergraph.upstream.calls).toHaveLength(2);
  });

  test('what upstream cannot answer just now keeps its code and how long to wait', async () => {
    supergraph.upstream.reply(json({}, 429, { 'retry-after': '7' }));
    const { data, errors } = await ask(
      '{ members(capillaryIds: ["347297848"]) { customer { promotions { items { id } } } } }',
      // Whoever is told to wait waits: nobody else of these tests has these credentials.
      { headers: { 'x-cap-api-oauth-token': `limited through ${router}`.replaceAll(' ', '-') } },
    );
    expect(data.members).toEqual([{ customer: null }]);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 7 });
  });
});

describe.each(ROUTERS)('%s forwards', (router) => {
  const QUESTION = '{ accounts(emails: ["a@example.com"]) { loyalty { id } } }';
  const upstreamHeaders = async (headers: Record<string, string>) => {
    const answer = await supergraph.ask(router, QUESTION, { headers });
    return { ...answer, upstream: supergraph.upstream.calls[0]?.headers };
  };

  test('credentials, data scope and request id', async () => {
    const headers = {
      authorization: BASIC,
      'data-scope': 'OTHER',
      'data-scope-org': '50405',
      'x-request-id': 'shop-7',
    };
    const { errors, upstream } = await upstreamHeaders(headers);
    expect(errors).toBeUndefined();
    expect(upstream).toMatchObject(headers);
  });

  test("an OAuth token of Capillary's", async () => {
    const { upstream } = await upstreamHeaders({ 'x-cap-api-oauth-token': 'token-1' });
    expect(upstream).toMatchObject({ 'x-cap-api-oauth-token': 'token-1' });
    expect(upstream).not.toHaveProperty('authorization');
  });

  test('no credentials where there are none, and the answer says so', async () => {
    const { data, errors } = await upstreamHeaders({});
    expect(data.accounts).toEqual([{ loyalty: null }]);
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(supergraph.upstream.calls).toEqual([]);
  });
});
