import { expect, test } from 'vitest';
import { changedCustomer } from '../../src/model/customerEvent.ts';
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

const withIdentifiers = (customerIdentifiers: unknown) => ({ ...DOCUMENTED, data: { customerIdentifiers } });

test.each([
  ['as documented first', DOCUMENTED],
  ['in attributes', WRAPPED],
  ['with unknown members', { ...DOCUMENTED, extra: [{}], data: { ...DOCUMENTED.data, points: { mobile: '1' } } }],
  ['with members of the other form', { ...DOCUMENTED, attributes: {}, eventType: 'customerAdded' }],
  ['in attributes beside data without it', { ...DOCUMENTED, data: {}, attributes: DOCUMENTED }],
  ['as a text', withIdentifiers({ customerId: '482579328' })],
])('An event names its customer by id: %s', (_, body) => {
  const customerId = changedCustomer(body);
  expect([customerId?.name, customerId?.revealCanonical()]).toEqual(['ID', '482579328']);
});

test.each([
  ['no identifiers', undefined],
  ['identifiers that are null', null],
  ['a source without identifiers', { customerId: null, instore: { mobile: '', email: {} } }],
  ['a list in place of a source', { instore: ['917406400033'] }],
])('An event with %s names no customer', (_, customerIdentifiers) => {
  expect(changedCustomer(withIdentifiers(customerIdentifiers))).toBe(undefined);
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
  ['identifiers that are a list', withIdentifiers([])],
  ['a customer without an id', withIdentifiers({ instore })],
  ['an id that is not digits', withIdentifiers({ customerId: '0482579328' })],
  ['a negative id', withIdentifiers({ customerId: -1 })],
  [
    'a number that has lost digits',
    JSON.parse('{"eventName":"x","data":{"customerIdentifiers":{"customerId":9007199254740993}}}'),
  ],
])('A body that is not an event is refused with what is expected: %s', (_, body) => {
  expect(() => changedCustomer(body)).toThrow(GatewayError);
  expect(() => changedCustomer(body)).toThrow(
    /^The body must be a JSON object with eventName and data.*customerIdentifiers/,
  );
});
