import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { customerEvent, EVENTS_TOKEN, postEvent } from '../support/events.ts';
import { testWith } from '../support/fixture.ts';
import { BASIC, customer, type TestGateway } from '../support/gateway.ts';
import { expectRequestError } from '../support/requestErrors.ts';

const test = testWith({ CACHE_TTL_SECONDS: '600', EVENTS_TOKEN });
const uncached = testWith({});

const QUERY = JSON.stringify({ query: '{ __typename }' });
const PACKED: readonly (readonly [string, (content: string | Buffer<ArrayBuffer>) => Uint8Array<ArrayBuffer>])[] = [
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
  ['Deflate', deflateRawSync],
  ['identity', (content) => Buffer.from(content)],
];

function postTo(url: string, body: Uint8Array<ArrayBuffer>, encoding: string) {
  const headers = { 'content-type': 'application/json', authorization: BASIC, 'x-events-token': EVENTS_TOKEN };
  return fetch(url, { method: 'POST', headers: { ...headers, 'content-encoding': encoding }, body });
}

test.for(PACKED)('A body in %s is read', async ([encoding, pack], { gateway }) => {
  const response = await postTo(gateway.url, pack(QUERY), encoding);
  expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
});

uncached.for(PACKED)('A body in %s is read without a cache', async ([encoding, pack], { gateway }) => {
  const response = await postTo(gateway.url, pack(QUERY), encoding);
  expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
});

test.for(PACKED)('An event in %s is accepted', async ([encoding, pack], { gateway }) => {
  const event = JSON.stringify(customerEvent({ customerId: 7 }));
  expect((await postTo(`${gateway.origin}/events`, pack(event), encoding)).status).toBe(202);
});

test.for([
  ['/graphql', 262_144],
  ['/events', 65_536],
] as const)(
  'A body at %s that is too large unpacked is BODY_TOO_LARGE',
  async ([path, limit], { gateway, upstream }) => {
    const bomb = gzipSync(`${QUERY}${' '.repeat(limit)}`);
    const response = await postTo(`${gateway.origin}${path}`, bomb, 'gzip');
    const [error] = await expectRequestError(response, upstream, { status: 413, code: 'BODY_TOO_LARGE' });
    expect(error.extensions.limit).toBe(limit);
  },
);

test.for(['zstd', 'constructor', 'gzip, compress'])(
  'A body in %s is UNSUPPORTED_ENCODING, and the response says which ones are read',
  async (encoding, { gateway, upstream }) => {
    for (const url of [gateway.url, `${gateway.origin}/events`]) {
      const response = await postTo(url, gzipSync(QUERY), encoding);
      expect(response.headers.get('accept-encoding')).toBe('gzip, br, deflate');
      await expectRequestError(response, upstream, { status: 415, code: 'UNSUPPORTED_ENCODING' });
    }
  },
);

test('A body that is packed more than five times is refused before it is unpacked', async ({ gateway, upstream }) => {
  const packed = (times: number): Uint8Array<ArrayBuffer> =>
    times === 0 ? new TextEncoder().encode(QUERY) : new Uint8Array(gzipSync(packed(times - 1)));
  const named = (times: number) => Array(times).fill('gzip').join(', ');
  expect((await postTo(gateway.url, packed(5), named(5))).status).toBe(200);
  const response = await postTo(gateway.url, packed(6), named(6));
  await expectRequestError(response, upstream, { status: 415, code: 'UNSUPPORTED_ENCODING' });
});

test.for(PACKED)('A body in %s that is not UTF-8 is BAD_REQUEST', async ([encoding, pack], { gateway, upstream }) => {
  const latin1 = Buffer.from(JSON.stringify({ query: `{ ${customer('customerId', '9174é')} }` }), 'latin1');
  const response = await postTo(gateway.url, pack(latin1), encoding);
  const [error] = await expectRequestError(response, upstream, { status: 400, code: 'BAD_REQUEST' });
  expect(error.message).toBe('The request body must be text in UTF-8.');
});

test.for(['gzip', 'br', 'deflate'])('A body that is not %s is BAD_REQUEST', async (encoding, { gateway, upstream }) => {
  const response = await postTo(gateway.url, new TextEncoder().encode(QUERY), encoding);
  const [error] = await expectRequestError(response, upstream, { status: 400, code: 'BAD_REQUEST' });
  expect(error.message).toBe('The request body is not compressed as its Content-Encoding says.');
});

const SCOPED = `query ($org: ID!) { ${customer('promotions(dataScope: { scope: OTHER, orgIds: [$org] }) { pageDetails { totalEntries } }')} }`;

/** The organisations that upstream was asked for, by a POST and by a GET with these variables. */
async function organisationsOf(
  gateway: TestGateway,
  calls: readonly { headers: Record<string, unknown> }[],
  org: string,
) {
  await gateway.post(`{"query": ${JSON.stringify(SCOPED)}, "variables": {"org": ${org}}}`);
  const parameters = new URLSearchParams({ query: SCOPED, variables: `{"org": ${org}}` });
  await fetch(`${gateway.url}?${parameters}`, {
    headers: { authorization: BASIC, 'content-type': 'application/json' },
  });
  return calls.map(({ headers }) => headers['data-scope-org']);
}

uncached.for(['9007199254740993', '"9007199254740993"', '1000000000000000', '1e400'])(
  'The number %s in variables, which may have been another one, is no organisation',
  async (org, { gateway, upstream }) => {
    expect(await organisationsOf(gateway, upstream.calls, org)).toEqual([]);
  },
);

uncached.for(['999999999999999', '50405'])(
  'The organisation %s may be a number',
  async (org, { gateway, upstream }) => {
    expect(await organisationsOf(gateway, upstream.calls, org)).toEqual([org, org]);
  },
);

uncached.for([
  ['Variables', 'are read', 'query={__typename}&variables=', 200, '{"data":{"__typename":"Query"}}'],
  ['Extensions beside a documentId', 'are not read', 'documentId=a&extensions=', 200, 'PersistedQueryNotFound'],
] as const)('%s of a GET that are nested 7,000 deep %s', async ([, , parameters, status, text], { gateway }) => {
  const deep = `{"x":${'['.repeat(7000)}${']'.repeat(7000)}}`;
  const headers = { authorization: BASIC, 'content-type': 'application/json' };
  const response = await fetch(`${gateway.url}?${parameters}${deep}`, { headers });
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(text);
});

uncached('A long number where an Int is required is refused', async ({ gateway, upstream }) => {
  const query = `query ($limit: Int) { ${customer('promotions(limit: $limit) { items { id } }')} }`;
  const response = await gateway.post(`{"query": ${JSON.stringify(query)}, "variables": {"limit": 9007199254740993}}`);
  const { errors } = await response.json();
  expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
  expect(upstream.calls).toEqual([]);
});

uncached.for(['9007199254740993', '347297848'])(
  'The number %s in a representation is no identifier, which is a text',
  async (id, { gateway, upstream }) => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { customerId } } }';
    const response = await gateway.post(
      `{"query": ${JSON.stringify(query)}, "variables": {"r": [{"__typename": "Customer", "source": "INSTORE", "identifier": {"name": "ID", "value": ${id}}}]}}`,
    );
    expect((await response.json()).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(upstream.calls).toEqual([]);
  },
);

test('An event whose customer is a number that was rounded is refused', async ({ gateway }) => {
  const event = JSON.stringify(customerEvent({ customerId: 'ID' }));
  expect((await postEvent(gateway.origin, event.replace('"ID"', '9007199254740993'))).status).toBe(400);
  expect((await postEvent(gateway.origin, event.replace('"ID"', '"9007199254740993"'))).status).toBe(202);
});
