import { describe, expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { gate, json, pageBody, pages } from '../support/upstream.ts';

const LONG = pageBody(100, 0, 100);
const LONG_NAMES = {
  ...LONG,
  promotions: LONG.promotions.map((each) => ({ ...each, promotionName: 'x'.repeat(1000) })),
};
const NAMES = customer('promotions(limit: 100) { items { name } }');

describe('A response over MAX_RESPONSE_BYTES is replaced by one error', () => {
  test('if its promotions are too large', async ({ startGateway, upstream }) => {
    upstream.reply(json(LONG_NAMES));
    const gateway = await startGateway({ MAX_RESPONSE_BYTES: '50000' });
    const { status, data, errors, headers, text } = await gateway.query(`{ ${NAMES} }`);
    expect([status, data]).toEqual([200, null]);
    expect(errors).toEqual([
      {
        message: 'The response must have at most 50000 bytes. Request fewer customers, promotions or fields.',
        extensions: { code: 'RESPONSE_TOO_LARGE', limit: 50000, requestId: headers.get('x-request-id') },
      },
    ]);
    expect(text.length).toBeLessThan(300);
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await gateway.query(`{ ${customer('id')} }`)).errors).toBeUndefined();
  });

  test('to the byte, with any content', async ({ startGateway }) => {
    const sdl = await startGateway();
    const { text } = await sdl.query('{ _service { sdl } }');
    const bytes = Buffer.byteLength(text);
    const just = await startGateway({ MAX_RESPONSE_BYTES: String(bytes) });
    expect((await just.query('{ _service { sdl } }')).text).toBe(text);
    const tooSmall = await startGateway({ MAX_RESPONSE_BYTES: String(bytes - 1) });
    const { errors } = await tooSmall.query('{ _service { sdl } }');
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['RESPONSE_TOO_LARGE']);
  });

  test('and its pending calls are cancelled', async ({ startGateway, upstream }) => {
    const gateway = await startGateway({ MAX_RESPONSE_BYTES: '50000', UPSTREAM_RETRIES: '0' });
    const held = gate(pages(1));
    upstream.on('917000000001', json(LONG_NAMES));
    upstream.on('917000000002', held.reply);
    const { errors } = await gateway.query(
      `{ large: ${NAMES.replace('917406400033', '917000000001')} slow: ${customer('id', '917000000002')} }`,
    );
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['RESPONSE_TOO_LARGE']);
    await upstream.abortsReached(1);
    held.open();
  });
});

describe('The errors of a response', () => {
  const representations = Array(100).fill({ __typename: 'Nobody' });
  const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';

  test('are listed up to MAX_ERRORS, and one more error counts the rest', async ({ startGateway }) => {
    const gateway = await startGateway({ MAX_ERRORS: '3' });
    const { data, errors } = await gateway.query(query, { variables: { r: representations } });
    expect(data._entities).toEqual(Array(100).fill(null));
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([
      ...Array(3).fill('BAD_USER_INPUT'),
      'TOO_MANY_ERRORS',
    ]);
    expect(errors?.at(-1)).toMatchObject({ message: '97 more errors are not listed.', extensions: { omitted: 97 } });
  });

  test('are all listed if they are few', async ({ startGateway }) => {
    const gateway = await startGateway({ MAX_ERRORS: '3' });
    const { errors } = await gateway.query(query, { variables: { r: representations.slice(0, 3) } });
    expect(errors).toHaveLength(3);
  });
});

test('More representations than MAX_REPRESENTATIONS are refused, over all aliases', async ({
  startGateway,
  upstream,
}) => {
  const gateway = await startGateway({ MAX_REPRESENTATIONS: '10' });
  const aliases = (count: number) =>
    `query ($r: [_Any!]!) { ${Array.from({ length: count }, (_, i) => `a${i}: _entities(representations: $r) { __typename }`).join(' ')} }`;
  const variables = { r: Array(5).fill({ __typename: 'Customer', id: '1' }) };
  expect((await gateway.query(aliases(2), { variables })).errors).toBeUndefined();
  const { status, errors } = await gateway.query(aliases(3), { variables });
  expect(status).toBe(400);
  expect(errors).toMatchObject([
    {
      message: 'The operation has 15 representations; at most 10 are allowed. Request less.',
      extensions: { code: 'OPERATION_TOO_EXPENSIVE', representations: 15, limit: 10 },
    },
  ]);
  expect(upstream.calls).toEqual([]);
});

test('More fields than MAX_ANSWER_FIELDS are refused before any call', async ({ startGateway, upstream }) => {
  const gateway = await startGateway();
  const aliases = Array.from({ length: 58 }, (_, i) => `a${i}: restrictions { earn { kpi } redemption { kpi } }`);
  const query = `query ($l: [CustomerIdentifierInput!]!) { customers(identifiers: $l, source: ALL) { promotions(limit: 200) { items { ${aliases.join(' ')} } } } }`;
  const { errors } = await gateway.query(query, { variables: { l: Array(20).fill({ name: 'ID', value: '1' }) } });
  expect(errors).toMatchObject([
    { extensions: { code: 'OPERATION_TOO_EXPENSIVE', answerFields: expect.any(Number), limit: 400_000 } },
  ]);
  expect(upstream.calls).toEqual([]);
});
