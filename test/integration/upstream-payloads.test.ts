import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { dataOf, firstError } from '../support/questions.ts';
import { pageBody, type Reply } from '../support/upstream.ts';

const FIELDS = `items {
  promotionId name description orgId
  limits { maxPointsPerEvent pointsPerCustomer }
  restrictions { issual { maxLimit currentCustomerUsage remaining } }
} warnings { code message }`;
const QUESTION = `{ ${customer(`promotions { ${FIELDS} }`)} }`;

/** The JSON text of a page with one promotion, with these members as they are written. */
function pageWith(members: string): string {
  const { promotions: _, ...page } = pageBody(1, 0, 10);
  return `${JSON.stringify(page).slice(0, -1)}, "promotions": [{ "promotionId": 1, ${members} }]}`;
}

const bytes = (body: Buffer, contentType = 'application/json'): Reply => {
  return (_, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body);
  };
};

/** A body in parts, each in a chunk of its own. */
const inParts = (count: number): Reply => {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const size = Math.ceil(Buffer.byteLength(NAMED) / count);
    for (let part = 0; part < count; part++)
      response.write(Buffer.from(NAMED).subarray(part * size, (part + 1) * size));
    response.end();
  };
};

const NAMED = pageWith('"promotionName": "Café \u20ac 5"');

test.for<readonly [string, Reply]>([
  ['a UTF-8 byte order mark', bytes(Buffer.from(`\ufeff${NAMED}`))],
  ['a byte order mark of UTF-16, little end first', bytes(Buffer.from(`\ufeff${NAMED}`, 'utf16le'))],
  ['a byte order mark of UTF-16, big end first', bytes(Buffer.from(`\ufeff${NAMED}`, 'utf16le').swap16())],
  [
    'a charset',
    bytes(Buffer.from(NAMED.replace('\u20ac', '\u0080'), 'latin1'), 'application/json; charset="windows-1252"'),
  ],
  ['two parts', inParts(2)],
  ['more parts than bytes in a character', inParts(50)],
  ['a charset in capitals', bytes(Buffer.from(NAMED), 'application/json; Charset=UTF-8')],
  ['a charset that it is not in', bytes(Buffer.from(NAMED), 'application/json; charset=ISO-8859-1')],
  ['a charset that nobody knows', bytes(Buffer.from(NAMED), 'application/json; charset=charset-utf8')],
])('A page with %s is read', async ([, reply], { upstream, startGateway }) => {
  upstream.reply(reply);
  const data = dataOf(await (await startGateway()).query(QUESTION));
  expect(data?.customer.promotions.items[0].name).toBe('Café \u20ac 5');
});

test('Bytes that are no text become U+FFFD, with a warning', async ({ upstream, startGateway }) => {
  upstream.reply(bytes(Buffer.from(pageWith('"promotionName": "Caf\u00e9"'), 'latin1')));
  const { items, warnings } = dataOf(await (await startGateway()).query(QUESTION)).customer.promotions;
  expect(items[0].name).toBe('Caf\ufffd');
  expect(warnings).toEqual([{ code: 'INVALID_VALUE', message: 'Characters that cannot be read are U+FFFD.' }]);
});

test('Text that was cut within an emoji leaves as well-formed text, with a warning', async ({
  upstream,
  startGateway,
}) => {
  upstream.reply(
    bytes(
      Buffer.from(
        pageWith('"promotionName": "Weekend \\ud83c", "description": "\\udf81!"').replace(
          '"warnings":[]',
          '"warnings":[{"code": 5, "message": "late \\ud83c"}]',
        ),
      ),
    ),
  );
  const { data, text } = await (await startGateway()).query(QUESTION);
  expect(text.isWellFormed() && !/\\ud[89a-f]/i.test(text)).toBe(true);
  const { items, warnings } = data.customer.promotions;
  expect(items[0]).toMatchObject({ name: 'Weekend \ufffd', description: '\ufffd!' });
  expect(warnings).toContainEqual({ code: '5', message: 'late \ufffd' });
  for (const field of ['promotions[].promotionName', 'promotions[].description', 'warnings[].message']) {
    expect(warnings).toContainEqual({ code: 'INVALID_VALUE', message: expect.stringContaining(field) });
  }
});

test('A warning about an id that was mended names its promotion', async ({ upstream, startGateway }) => {
  upstream.reply(
    bytes(Buffer.from(pageWith('"active": true').replace('"promotionId": 1,', '"promotionId": "a\\ud83c",'))),
  );
  const question = `{ ${customer('promotions { items { promotionId } warnings { field promotionId } }')} }`;
  expect(dataOf(await (await startGateway()).query(question)).customer.promotions).toEqual({
    items: [{ promotionId: 'a\ufffd' }],
    warnings: [{ field: 'promotionId', promotionId: 'a\ufffd' }],
  });
});

test.for([true, false])(
  'Numbers keep their digits and zeros, cached: %j',
  async (cached, { upstream, startGateway }) => {
    upstream.reply(
      bytes(
        Buffer.from(
          pageWith(`"orgID": 9007199254740993, "limits": { "maxPointsPerEvent": -0, "pointsPerCustomer": 0.12345678901234567890e2 },
          "promotionRestriction": { "issualRestrictions": [
            { "kpi": "NUMBER_OF_TIMES", "maxLimit": 1234567899517.1299, "currentCustomerUsage": 50.000 }
          ] }`).replace('"promotionId": 1,', '"promotionId": 8216118575463666095,'),
        ),
      ),
    );
    const gateway = await startGateway(cached ? { CACHE_TTL_SECONDS: '60' } : {});
    if (cached) await gateway.query(`{ ${customer('promotions { items { name } }')} }`);
    const { items, warnings } = dataOf(await gateway.query(QUESTION)).customer.promotions;
    expect(upstream.calls).toHaveLength(1);
    expect(warnings).toEqual([]);
    expect(items).toEqual([
      {
        promotionId: '8216118575463666095',
        name: null,
        description: null,
        orgId: '9007199254740993',
        limits: { maxPointsPerEvent: '-0', pointsPerCustomer: '12.345678901234567890' },
        restrictions: {
          issual: [{ maxLimit: '1234567899517.1299', currentCustomerUsage: '50.000', remaining: '1234567899467.1299' }],
        },
      },
    ]);
  },
);

test.for<readonly [string, string]>([
  ['that is nested too deep', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ['with so many values that it would take long', `[${'1,'.repeat(50_000)}1]`],
])(
  'Numbers whose digits cannot be kept have a warning, in a response %s',
  async ([, other], { upstream, startGateway }) => {
    upstream.reply(
      bytes(Buffer.from(pageWith(`"limits": { "pointsPerCustomer": 1234567890123456.789 }, "other": ${other}`))),
    );
    const { items, warnings } = dataOf(await (await startGateway()).query(QUESTION)).customer.promotions;
    expect(items[0].limits.pointsPerCustomer).toBe('1234567890123456.8');
    expect(warnings).toEqual([
      {
        code: 'INVALID_VALUE',
        message: 'Numbers may lack digits, since the response is nested too deep or has too many values.',
      },
    ]);
  },
);

test('Commas in texts are no values, so numbers beside them keep their digits', async ({ upstream, startGateway }) => {
  const description = `5\\" \\\\${',1'.repeat(60_000)}`;
  upstream.reply(
    bytes(Buffer.from(pageWith(`"description": "${description}", "limits": { "pointsPerCustomer": 12.50 }`))),
  );
  const { items, warnings } = dataOf(await (await startGateway()).query(QUESTION)).customer.promotions;
  expect(items[0].limits.pointsPerCustomer).toBe('12.50');
  expect(warnings).toEqual([]);
});

test('Of a list that is far longer than any window, its beginning is read', async ({ upstream, startGateway }) => {
  upstream.reply(bytes(Buffer.from(pageWith('"active": true').replace(/]}$/, `${', 1'.repeat(400_000)}]}`))));
  const gateway = await startGateway({ CACHE_TTL_SECONDS: '60', CACHE_MAX_MB: '40' });
  for (const _ of ['from upstream', 'from the cache, as it was sent', 'from the cache']) {
    const { items, warnings } = dataOf(await gateway.query(QUESTION)).customer.promotions;
    expect(items.map(({ promotionId }: { promotionId: string }) => promotionId)).toEqual(['1']);
    expect(warnings).toContainEqual({ code: 'INVALID_VALUE', message: '900 more values were replaced or dropped.' });
  }
  expect(upstream.calls).toHaveLength(1);
});

test('A warning names a number as upstream wrote it', async ({ upstream, startGateway }) => {
  upstream.reply(bytes(Buffer.from(pageWith('"startDate": 9007199254740993'))));
  const data = dataOf(await (await startGateway()).query(QUESTION));
  expect(data.customer.promotions.warnings[0].message).toContain('9007199254740993');
});

test('An object where a list is documented is its only member, with a warning', async ({ upstream, startGateway }) => {
  const body = pageWith(
    '"promotionRestriction": { "issualRestrictions": { "kpi": "NUMBER_OF_TIMES", "maxLimit": "5" } }',
  );
  const { promotions, ...page } = JSON.parse(body) as { promotions: unknown[] };
  upstream.reply(bytes(Buffer.from(JSON.stringify({ ...page, promotions: promotions[0] }))));
  const { items, warnings } = dataOf(await (await startGateway()).query(QUESTION)).customer.promotions;
  expect(items[0].restrictions.issual).toEqual([{ maxLimit: '5', currentCustomerUsage: null, remaining: null }]);
  expect(warnings.map(({ message }: { message: string }) => message.split(':')[0])).toEqual([
    'promotions',
    'promotions[].promotionRestriction.issualRestrictions',
  ]);
});

test('A page without promotions says so', async ({ upstream, startGateway }) => {
  upstream.reply(bytes(Buffer.from('{"customerId": 5, "message": "maintenance"}')));
  const answer = await (await startGateway()).query(QUESTION);
  expect(firstError(answer)).toBeUndefined();
  expect(answer.data.customer.promotions.warnings).toContainEqual({
    code: 'INVALID_VALUE',
    message: 'promotions: a missing value cannot be read.',
  });
});
