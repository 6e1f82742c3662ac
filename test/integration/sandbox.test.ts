import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';

const LOOKUP = '/v2.1/customers/lookup/promotionData';
const SAMPLE = { identifierName: 'mobile', identifierValue: '917406400033', source: 'INSTORE' };
const SOME = { ...SAMPLE, identifierValue: '917000000025' };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({});
});
afterAll(() => sandbox.close());

/** What these tests look at of an answer's body. */
type Body = {
  readonly pageDetails: Record<string, number>;
  readonly customerId: number;
  readonly promotions: readonly {
    readonly promotionName: string;
    readonly active: boolean;
    readonly customerUsage: { readonly currentPointsPerCustomer: string };
  }[];
  readonly errors: readonly { readonly code: number }[];
};

async function bodyOf(response: Response): Promise<Body> {
  return (await response.json()) as Body;
}

async function lookUp(parameters: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${sandbox.url}${LOOKUP}?${new URLSearchParams(parameters)}`, { headers });
  return { status: response.status, body: await bodyOf(response) };
}

const names = ({ body }: Awaited<ReturnType<typeof lookUp>>) =>
  body.promotions.map(({ promotionName }) => promotionName);

describe("The reference page's sample customer", () => {
  test.each([
    ['mobile', '917406400033'],
    ['id', '347297848'],
    ['email', 'Sample@Example.com'],
    ['externalid', '000003873354'],
  ])('is known by %s', async (identifierName, identifierValue) => {
    const { status, body } = await lookUp({ identifierName, identifierValue, source: 'ALL' });
    expect(status).toBe(200);
    expect(body.customerId).toBe(347297848);
  });

  test('is answered as the page shows', async () => {
    expect((await lookUp(SAMPLE)).body).toEqual({
      pageDetails: { pageNumber: 0, pageSize: 10, totalEntries: 1, pageCount: 1 },
      customerId: 347297848,
      promotions: [
        {
          promotionId: 1122938,
          promotionName: 'Award50',
          programId: 1147,
          startDate: '2024-08-30T00:00:00.000Z',
          endDate: '2024-09-29T23:59:59.000Z',
          identifier: 'ed64e808-dc10-4784-a752-eb7d8d55c87e',
          description: 'Award 50',
          active: true,
          eventName: 'TransactionAdd',
          limits: {
            maxPointsPerEvent: '0',
            pointsPerCustomer: '0',
            numberOFTimesPerCustomer: 0,
            totalPointsInPromotion: '0',
          },
          customerUsage: {
            currentPointsPerCustomer: '50.000',
            currentNumberOfTimesPerCustomer: 1,
            currentTotalPointsInPromotion: '0',
          },
          pointsOfferType: 'GENERIC',
          promotionRestriction: { issualRestrictions: [], earnRestrictions: [], redemptionRestrictions: [] },
          orgId: 50405,
        },
      ],
      warnings: [],
    });
  });
});

describe('The data scope headers', () => {
  test.each([
    [{}, ['Award50']],
    [{ 'data-scope': 'SELF' }, ['Award50']],
    [{ 'data-scope': 'OTHER', 'data-scope-org': '50405' }, ['Award50']],
    [{ 'data-scope': 'OTHER', 'data-scope-org': '50406' }, ['Award 100 Points']],
    [{ 'data-scope': 'OTHER', 'data-scope-org': '50406, 50405' }, ['Award50', 'Award 100 Points']],
    [{ 'data-scope': 'ALL' }, ['Award50', 'Award 100 Points']],
    [{ 'data-scope': 'ALL', 'data-scope-org': '50406' }, ['Award 100 Points']],
  ])('%j choose the organisations', async (headers, expected) => {
    expect(names(await lookUp(SAMPLE, headers as Record<string, string>))).toEqual(expected);
  });

  test.each([
    { 'data-scope': 'OTHER' },
    { 'data-scope': 'OTHER', 'data-scope-org': '' },
    { 'data-scope': 'OTHER', 'data-scope-org': '99999' },
    { 'data-scope': 'OTHER', 'data-scope-org': '50405,50406,50405' },
    { 'data-scope': 'SELF', 'data-scope-org': '50406' },
    { 'data-scope': 'NONE' },
  ])('%j are refused with 310144', async (headers) => {
    const { status, body } = await lookUp(SAMPLE, headers as Record<string, string>);
    expect(status).toBe(400);
    expect(body).toEqual({
      errors: [{ status: false, code: 310144, message: 'Connected Orgs not set properly in Headers' }],
    });
  });
});

describe('Pages', () => {
  test('have 10 promotions without a limit', async () => {
    const { body } = await lookUp(SOME);
    expect(body.promotions).toHaveLength(10);
    expect(body.pageDetails).toEqual({ pageNumber: 0, pageSize: 10, totalEntries: 25, pageCount: 3 });
  });

  test.each([
    ['0', '0', 0, { pageNumber: 0, pageSize: 0, totalEntries: 25, pageCount: 0 }],
    ['10', '20', 5, { pageNumber: 2, pageSize: 10, totalEntries: 25, pageCount: 3 }],
    ['100', '0', 25, { pageNumber: 0, pageSize: 100, totalEntries: 25, pageCount: 1 }],
    ['10', '1000', 0, { pageNumber: 100, pageSize: 10, totalEntries: 25, pageCount: 3 }],
  ])('of limit %s from offset %s hold %i promotions', async (limit, offset, count, pageDetails) => {
    const { body } = await lookUp({ ...SOME, limit, offset });
    expect(body.promotions).toHaveLength(count);
    expect(body.pageDetails).toEqual(pageDetails);
  });

  test('put together are the whole list, without a gap or a repetition', async () => {
    const all = { ...SOME, identifierValue: '917000000250' };
    const offsets = ['0', '100', '200'];
    const pages = await Promise.all(offsets.map((offset) => lookUp({ ...all, limit: '100', offset })));
    expect(pages.map(({ body }) => body.promotions.length)).toEqual([100, 100, 50]);
    expect(new Set(pages.flatMap(names)).size).toBe(250);
  });

  test('of all statuses but EXPIRED hold active promotions, those of EXPIRED none, and each has fewer than all', async () => {
    for (const status of ['AVAILABLE_TO_ENROL', 'AVAILABLE_TO_EARN', 'AVAILABLE_TO_REDEEM', 'EXPIRED']) {
      const { body } = await lookUp({ ...SOME, promotionStatusForCustomer: status, limit: '100' });
      const active = body.promotions.map((promotion) => promotion.active);
      expect(new Set(active)).toEqual(new Set([status !== 'EXPIRED']));
      expect(body.pageDetails.totalEntries).toBe(active.length);
      expect(active.length).toBeLessThan(25);
    }
  });

  test('count alternate currencies only when asked to', async () => {
    const points = async (flag: Record<string, string>) =>
      (await lookUp({ ...SOME, ...flag })).body.promotions[0]?.customerUsage.currentPointsPerCustomer;
    expect(await points({})).toBe('0.000');
    expect(await points({ includeAlternateCurrencyUsage: 'false' })).toBe('0.000');
    expect(await points({ includeAlternateCurrencyUsage: 'true' })).toBe('25.000');
  });
});

describe('What is wrong is refused', () => {
  const without = (name: string) => Object.fromEntries(Object.entries(SAMPLE).filter(([key]) => key !== name));

  test.each([
    ['no identifier name', without('identifierName'), 400, 8013],
    ['another identifier name', { ...SAMPLE, identifierName: 'passport' }, 400, 8013],
    ['no identifier value', without('identifierValue'), 400, 8015],
    ['a blank identifier value', { ...SAMPLE, identifierValue: ' ' }, 400, 8015],
    ['a customer nobody knows', { ...SAMPLE, identifierValue: '910000000000' }, 200, 8015],
    [
      'an external id without its leading zeros',
      { ...SAMPLE, identifierName: 'externalid', identifierValue: '3873354' },
      200,
      8015,
    ],
    ['no source', without('source'), 400, 8003],
    ['another source', { ...SAMPLE, source: 'KIOSK' }, 400, 8003],
    ['a limit over 100', { ...SAMPLE, limit: '101' }, 400, 8102],
    ['a negative limit', { ...SAMPLE, limit: '-1' }, 400, 8102],
    ['a negative offset', { ...SAMPLE, offset: '-1' }, 400, 8100],
    ['another status', { ...SAMPLE, promotionStatusForCustomer: 'AVAILABLE' }, 400, 8125],
    ['a flag that is neither true nor false', { ...SAMPLE, includeAlternateCurrencyUsage: 'maybe' }, 400, 400],
  ])('%s', async (_what, parameters, status, code) => {
    const answer = await lookUp(parameters);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toEqual([{ status: false, code, message: expect.any(String) }]);
  });

  test('a repeated parameter', async () => {
    const response = await fetch(`${sandbox.url}${LOOKUP}?${new URLSearchParams(SAMPLE)}&identifierValue=1`);
    expect((await bodyOf(response)).errors[0]?.code).toBe(8015);
  });

  test('another path, with 404', async () => {
    const response = await fetch(`${sandbox.url}/v2/customers/lookup/promotionData`);
    expect(response.status).toBe(404);
    expect((await bodyOf(response)).errors[0]?.code).toBe(404);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])('another method, %s, with 405', async (method) => {
    const body = ['POST', 'PUT'].includes(method) ? { body: '{' } : {};
    const response = await fetch(`${sandbox.url}${LOOKUP}`, { method, ...body });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
  });
});

describe('The token endpoint', () => {
  const ask = (body: unknown) =>
    fetch(`${sandbox.url}/v3/oauth/token/generate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('gives a token for the key and the secret', async () => {
    const response = await ask({ key: 'sandbox', secret: 'sandbox' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      data: { accessToken: expect.stringMatching(/./), ttlSeconds: 300 },
      errors: null,
    });
  });

  test.each([{ key: 'sandbox', secret: 'guess' }, { key: 'sandbox' }, null])('answers 401 to %j', async (body) => {
    expect((await ask(body)).status).toBe(401);
  });

  test('takes POST only', async () => {
    const response = await fetch(`${sandbox.url}/v3/oauth/token/generate`);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});

describe('Faults', () => {
  const fetchFor = (identifierValue: string) =>
    fetch(`${sandbox.url}${LOOKUP}?${new URLSearchParams({ ...SAMPLE, identifierValue })}`);

  test('429 comes with Retry-After', async () => {
    const response = await fetchFor('917000000429');
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  test('500 is no JSON', async () => {
    const response = await fetchFor('917000000500');
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  test('a cut connection ends within the body', async () => {
    const response = await fetchFor('917000000501');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  test('a page of HTML comes with HTTP 200', async () => {
    const response = await fetchFor('917000000502');
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^<!doctype html>/);
  });

  test('an error body comes with HTTP 200', async () => {
    const response = await fetchFor('917000000200');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ errors: [{ status: false, code: 1000, message: 'Request refused' }] });
  });

  test('an invalid lookup is refused for every customer', async () => {
    const { body } = await lookUp({ ...SAMPLE, identifierValue: '917000000500', source: 'KIOSK' });
    expect(body.errors[0]?.code).toBe(8003);
  });

  test('a slow answer does not hold up closing', async () => {
    const own = await startSandbox({});
    const { hostname, port } = new URL(own.url);
    const socket = connect(Number(port), hostname);
    const ask = (value: string) =>
      `GET ${LOOKUP}?${new URLSearchParams({ ...SAMPLE, identifierValue: value })} HTTP/1.1\r\nHost: sandbox\r\n\r\n`;
    // Pipelined: the first is answered, so the second has come in too.
    socket.write(ask('917000000000') + ask('917000000504'));
    const [first] = await once(socket, 'data');
    expect(String(first)).toMatch(/^HTTP\/1.1 200 OK/);
    const closed = once(socket, 'close');
    await own.close();
    await closed;
  });
});
