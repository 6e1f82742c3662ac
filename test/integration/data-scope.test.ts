import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BASIC, customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { pages, startUpstream, type TestUpstream } from '../support/upstream.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startTestGateway(upstream, { DEFAULT_DATA_SCOPE: 'ALL' });
});
beforeEach(() => upstream.reset());
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const lookUp = (variables: Record<string, unknown>, headers: Record<string, string> = { authorization: BASIC }) =>
  gateway.query(
    'query ($i: CustomerIdentifierInput!, $s: Source = INSTORE, $d: DataScopeInput) { customer(identifier: $i, source: $s) { id promotions(dataScope: $d) { pageDetails { totalEntries } } } }',
    { variables, headers },
  );

describe('Arguments become the query string', () => {
  test.each([
    ['MOBILE', '917406400033', 'mobile', '917406400033'],
    ['MOBILE', '+91 (740) 640-00.33', 'mobile', '917406400033'],
    ['ID', '347297848', 'id', '347297848'],
    ['EMAIL', 'a+b%&=#@x.com', 'email', 'a%2Bb%25%26%3D%23%40x.com'],
    ['EMAIL', 'Someone@Example.COM', 'email', 'someone%40example.com'],
    ['EXTERNAL_ID', '000003873354', 'externalid', '000003873354'],
    ['EXTERNAL_ID', 'MP QSP/100', 'externalid', 'MP%20QSP%2F100'],
    ['EXTERNAL_ID', 'ключ', 'externalid', encodeURIComponent('ключ')],
  ])('%s %s', async (name, value, restName, restValue) => {
    await lookUp({ i: { name, value } });
    expect(upstream.calls[0]?.rawUrl).toBe(
      `/v2.1/customers/lookup/promotionData?identifierName=${restName}&identifierValue=${restValue}&source=INSTORE&limit=0&offset=0`,
    );
  });

  test('source, status, currency flag, limit and offset', async () => {
    await gateway.query(
      `{ customer(identifier: { name: ID, value: "1" }, source: WEB_ENGAGE) {
        promotions(status: AVAILABLE_TO_ENROL, includeAlternateCurrencyUsage: true, limit: 7, offset: 3) { items { promotionId } } } }`,
    );
    expect(upstream.calls[0]?.query).toEqual({
      identifierName: 'id',
      identifierValue: '1',
      source: 'WEB_ENGAGE',
      promotionStatusForCustomer: 'AVAILABLE_TO_ENROL',
      includeAlternateCurrencyUsage: 'true',
      limit: '7',
      offset: '3',
    });
  });

  test('an entity referred to by id is looked up in the default source', async () => {
    await gateway.query(
      '{ _entities(representations: [{ __typename: "Customer", id: "5" }]) { ... on Customer { id } } }',
    );
    expect(upstream.calls[0]?.query).toMatchObject({ identifierName: 'id', identifierValue: '5', source: 'ALL' });
  });
});

describe('The data scope becomes headers', () => {
  const i = { name: 'ID', value: '1' };
  const headersOf = () => [upstream.calls[0]?.headers['data-scope'], upstream.calls[0]?.headers['data-scope-org']];

  test('from the argument, before anything else', async () => {
    await lookUp(
      { i, d: { scope: 'OTHER', orgIds: ['50405', '50406'] } },
      { authorization: BASIC, 'data-scope': 'SELF' },
    );
    expect(headersOf()).toEqual(['OTHER', '50405,50406']);
  });

  test("else from the client's own headers", async () => {
    await lookUp({ i }, { authorization: BASIC, 'data-scope': 'OTHER', 'data-scope-org': '50405' });
    expect(headersOf()).toEqual(['OTHER', '50405']);
  });

  test('else from the configuration', async () => {
    await lookUp({ i });
    expect(headersOf()).toEqual(['ALL', undefined]);
  });

  test('else not at all', async () => {
    const plain = await startTestGateway(upstream);
    await plain.query(`{ ${customer('id')} }`);
    expect(headersOf()).toEqual([undefined, undefined]);
    await plain.close();
  });
});

describe("Only the caller's credentials pass", () => {
  /** Calls with a token are documented with a content type. */
  const OAUTH_HEADERS = { 'x-cap-api-oauth-token': 'token', 'content-type': 'application/json' };

  test.each([
    ['Basic', { authorization: BASIC }, { authorization: BASIC }],
    ['an OAuth token', { 'x-cap-api-oauth-token': 'token' }, OAUTH_HEADERS],
    ['the OAuth token where both came', { authorization: BASIC, 'x-cap-api-oauth-token': 'token' }, OAUTH_HEADERS],
  ])('%s', async (_, sent, expected) => {
    await lookUp(
      { i: { name: 'ID', value: '1' } },
      { ...sent, cookie: 'session=1', 'x-forwarded-for': '1.2.3.4', 'user-agent': 'till', 'accept-language': 'de' },
    );
    const { host, connection, ...headers } = upstream.calls[0]?.headers ?? {};
    expect(headers).toEqual({
      ...expected,
      accept: 'application/json',
      'x-request-id': expect.any(String),
      'user-agent': 'promotions-gateway',
      'data-scope': 'ALL',
    });
  });

  test('a bearer token is not for upstream', async () => {
    const { errors } = await lookUp({ i: { name: 'ID', value: '1' } }, { authorization: 'Bearer abc' });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(upstream.calls).toEqual([]);
  });
});

describe('Refused before any call', () => {
  const refused = async (
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) => {
    const { status, errors } = await gateway.query(query, { variables, headers: { authorization: BASIC, ...headers } });
    expect(upstream.calls).toEqual([]);
    expect(status).toBe(200);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    return errors?.[0]?.message;
  };
  const one =
    'query ($i: CustomerIdentifierInput!, $d: DataScopeInput) { customer(identifier: $i, source: ALL) { promotions(dataScope: $d) { pageDetails { totalEntries } } } }';
  const i = { name: 'ID', value: '1' };

  test.each([
    ['blank', '', /blank/],
    ['blank but for spaces', '   ', /blank/],
    ['over-long', '9'.repeat(255), /at most 254/],
    ['with a line break', '91\r\nDATA-SCOPE: ALL', /line break/],
    ['with a NUL', '91\u0000', /control character/],
  ])('an identifier that is %s', async (_, value, message) => {
    expect(await refused(one, { i: { name: 'MOBILE', value } })).toMatch(message);
  });

  test.each([
    ['OTHER without an organisation', { scope: 'OTHER' }, /needs 1 or 2/],
    ['OTHER with an empty list', { scope: 'OTHER', orgIds: [] }, /needs 1 or 2/],
    ['SELF with one', { scope: 'SELF', orgIds: ['1'] }, /accepts no organisation/],
    ['more than two organisations', { scope: 'ALL', orgIds: ['1', '2', '3'] }, /at most 2 organisations, got 3/],
    ['an organisation that is no number', { scope: 'OTHER', orgIds: ['five'] }, /must be a number/],
    ['an organisation with a line break', { scope: 'OTHER', orgIds: ['5\n6'] }, /must be a number/],
  ])('data scope %s', async (_, d, message) => {
    expect(await refused(one, { i, d })).toMatch(message);
  });

  test.each([
    ['an unknown scope', { 'data-scope': 'EVERYTHING' }],
    ['organisations without a scope', { 'data-scope-org': '50405' }],
    ['OTHER without organisations', { 'data-scope': 'OTHER' }],
  ])('data scope headers with %s', async (_, headers) => {
    await refused(one, { i }, headers);
  });

  test.each([
    ['a negative limit', 'promotions(limit: -1) { items { promotionId } }', 'limit must be at least 0, got -1.'],
    ['a negative offset', 'promotions(offset: -1) { items { promotionId } }', 'offset must be at least 0, got -1.'],
    [
      'a limit that would be a thousand calls',
      'promotions(limit: 100000) { items { promotionId } }',
      'limit must be at most 1000, got 100000.',
    ],
    [
      'a limit over the most',
      'promotions(limit: 1001) { items { promotionId } }',
      'limit must be at most 1000, got 1001.',
    ],
    [
      'a first over the most',
      'promotionConnection(first: 1001) { nodes { promotionId } }',
      'first must be at most 1000, got 1001.',
    ],
    [
      'a negative first',
      'promotionConnection(first: -1) { nodes { promotionId } }',
      'first must be at least 0, got -1.',
    ],
    [
      'a broken cursor',
      'promotionConnection(after: "x") { nodes { promotionId } }',
      'Invalid cursor. Pass endCursor unchanged.',
    ],
    [
      'an empty cursor',
      'promotionConnection(after: "") { nodes { promotionId } }',
      'Invalid cursor. Pass endCursor unchanged.',
    ],
  ])('%s', async (_, selection, message) => {
    expect(await refused(`{ ${customer(selection)} }`)).toBe(message);
  });

  test.each(['status: EXPIRED', 'includeAlternateCurrencyUsage: true', 'dataScope: { scope: SELF }'])(
    'a cursor of a connection without %s, in one with it',
    async (argument) => {
      const { data } = await gateway.query(`{ ${customer('promotionConnection { pageInfo { endCursor } }')} }`);
      upstream.reset();
      const after = data.customer.promotionConnection.pageInfo.endCursor;
      expect(
        await refused(
          `{ ${customer(`promotionConnection(${argument}, after: "${after}") { nodes { promotionId } }`)} }`,
        ),
      ).toBe(
        'The cursor was created with a different dataScope, status or includeAlternateCurrencyUsage. Use it with those.',
      );
    },
  );

  test('more identifiers than one question takes', async () => {
    const identifiers = Array.from({ length: 51 }, (_, n) => ({ name: 'ID', value: String(n + 1) }));
    const message = await refused(
      'query ($ids: [CustomerIdentifierInput!]!) { customers(identifiers: $ids, source: ALL) { id } }',
      { ids: identifiers },
    );
    expect(message).toBe('customers accepts at most 50 identifiers, got 51.');
  });
});

describe('Connections page through a list', () => {
  test('by cursors, to its end', async () => {
    upstream.reply(pages(25));
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 5; page++) {
      const { data } = await gateway.query(
        `query ($after: String) { ${customer('promotionConnection(first: 10, after: $after) { edges { cursor node { promotionId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount }')} }`,
        { variables: { after } },
      );
      const { edges, pageInfo, totalCount } = data.customer.promotionConnection;
      expect(totalCount).toBe(25);
      expect(pageInfo.hasPreviousPage).toBe(page > 0);
      expect(pageInfo.endCursor).toBe(edges.at(-1).cursor);
      expect(pageInfo.startCursor).toBe(edges[0].cursor);
      seen.push(...edges.map(({ node }: { node: { promotionId: string } }) => node.promotionId));
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => String(1000 + n)));
    expect(upstream.calls).toHaveLength(3);
  });
});
