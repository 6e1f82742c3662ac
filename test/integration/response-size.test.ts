import { describe, expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { gate, json, pageBody, pages } from '../support/upstream.ts';

const test = testWith({});

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
    expect((await gateway.query(`{ ${customer('customerId')} }`)).errors).toBeUndefined();
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
      `{ large: ${NAMES.replace('917406400033', '917000000001')} slow: ${customer('customerId', '917000000002')} }`,
    );
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['RESPONSE_TOO_LARGE']);
    await upstream.abortsReached(1);
    held.open();
  });
});

describe('The errors of a response', () => {
  const query = (aliases: string) => `query ($r: [_Any!]!) { ${aliases} }`;
  const ENTITIES = '_entities(representations: $r) { __typename }';
  const strangers = (count: number) => Array(count).fill({ __typename: 'Nobody', id: '1' });

  test('are all told, one for each reference', async ({ gateway }) => {
    const { data, errors } = await gateway.query(query(ENTITIES), { variables: { r: strangers(1000) } });
    expect(data._entities).toEqual(Array(1000).fill(null));
    expect(errors).toHaveLength(1000);
  });

  test('are told up to a thousand, and one more error counts the rest', async ({ gateway }) => {
    const { errors } = await gateway.query(query(`${ENTITIES} b: ${ENTITIES}`), { variables: { r: strangers(600) } });
    expect(errors).toHaveLength(1001);
    expect(errors?.at(-1)).toMatchObject({
      message: '200 more errors are not listed.',
      extensions: { code: 'TOO_MANY_ERRORS', omitted: 200 },
    });
  });

  test('count in MAX_RESPONSE_BYTES', async ({ startGateway }) => {
    const gateway = await startGateway({ MAX_RESPONSE_BYTES: '50000' });
    const { data, errors } = await gateway.query(query(ENTITIES), { variables: { r: strangers(1000) } });
    expect(data).toBeNull();
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['RESPONSE_TOO_LARGE']);
  });
});
