import { expect, test } from 'vitest';
import { customerEventFrom } from '../../src/model/customerEvent.ts';
import { GatewayError } from '../../src/model/errors.ts';

const instore = {
  mobile: '+91 740-640-0033',
  email: 'Sample@Example.com',
  externalId: '000003873354',
  card_number: '4111111111111111',
};
const customerIdentifiers = { customerId: 482579328, instore };
const DOCUMENTED = {
  eventName: 'customerAdded',
  eventId: '06750c10-0000-4000-8000-000000000000',
  orgId: 1800,
  refId: '1800_482579328',
  apiRequestId: '4b63',
  createdAt: 1619199042493,
  data: { source: 'INSTORE', customerIdentifiers },
};
const WRAPPED = {
  eventId: '81b1f0ce-0000-4000-8000-000000000000',
  eventType: '150698_customerAdded',
  actionType: 'START',
  timeStamp: 1683874799984,
  attributes: DOCUMENTED,
};

const named = (body: unknown) =>
  customerEventFrom(body).identifiers.map((identifier) => `${identifier.name} ${identifier.revealCanonical()}`);
const ALL = ['ID 482579328', 'MOBILE 917406400033', 'EMAIL sample@example.com', 'EXTERNAL_ID 000003873354'];

test.each([
  ['as documented first', DOCUMENTED],
  ['in attributes', WRAPPED],
  ['with unknown members', { ...DOCUMENTED, extra: [{}], data: { ...DOCUMENTED.data, points: { mobile: '1' } } }],
])('An event names its customer by every identifier in canonical spelling: %s', (_, body) => {
  expect(named(body)).toEqual(ALL);
});

test('An event may hold identifiers of several sources', () => {
  const data = {
    customerIdentifiers: {
      customerId: '7',
      wechat: { externalid: 'a', unionId: 'u' },
      web_engage: { external_id: 'b', MOBILE: 917000000001 },
    },
  };
  expect(named({ ...DOCUMENTED, data })).toEqual(['ID 7', 'EXTERNAL_ID a', 'EXTERNAL_ID b', 'MOBILE 917000000001']);
});

test.each([
  ['no identifiers', { source: 'INSTORE' }],
  ['identifiers that are null', { customerIdentifiers: null }],
  ['what cannot be an identifier', { customerIdentifiers: { customerId: -1, instore: { mobile: '', email: {} } } }],
  ['a list in place of a source', { customerIdentifiers: { instore: ['917406400033'] } }],
  ['an inherited name', { customerIdentifiers: { instore: { constructor: 'x', toString: 'y' } } }],
])('An event with %s names no customer', (_, data) => {
  expect(named({ ...DOCUMENTED, data })).toEqual([]);
});

test('Only the first hundred identifiers of an event count', () => {
  const sources = Array.from({ length: 500 }, (_, i) => [`source${i}`, { mobile: `91700000${i}` }]);
  const data = { customerIdentifiers: { customerId: 7, ...Object.fromEntries(sources) } };
  const identifiers = named({ ...DOCUMENTED, data });
  expect(identifiers).toHaveLength(100);
  expect(identifiers[0]).toBe('ID 7');
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'customerAdded'],
  ['a list', [DOCUMENTED]],
  ['an empty object', {}],
  ['no name', { ...DOCUMENTED, eventName: undefined }],
  ['no data', { ...DOCUMENTED, data: undefined }],
  ['attributes without an event', { ...WRAPPED, attributes: {} }],
  ['identifiers that are a list', { ...DOCUMENTED, data: { customerIdentifiers: [] } }],
])('A body that is not an event is refused with what is expected: %s', (_, body) => {
  expect(() => customerEventFrom(body)).toThrow(GatewayError);
  expect(() => customerEventFrom(body)).toThrow(
    /^The body must be a JSON object with eventName and data.*customerIdentifiers/,
  );
});
