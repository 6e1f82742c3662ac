import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printableName, requestIdOf } from '../../src/telemetry/operationRecord.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test.each(['1c5ae62b-6b0c-4ae1-9a55-0e3d1f4f6a10', '0af7651916cd43dd8448eb211c80319c'])(
  'A request id in a form that no identifier has is kept: %s',
  (id) => {
    expect(requestIdOf(id)).toBe(id);
  },
);

test.each([
  '917406400033',
  'me@example.com',
  '000003873354',
  'till-7/42',
  '',
  '1'.repeat(32),
  'a\nb',
  ['a', 'b'],
  undefined,
])('Another request id is replaced by a UUID: %j', (id) => {
  expect(requestIdOf(id)).toMatch(UUID);
});

test.each(['Offers', 'OffersOfCustomer_2', 'loyalty web 3.1', 'storefront-ios'])(
  'A plain name is unchanged: %s',
  (name) => {
    expect(printableName(name)).toBe(name);
  },
);

test.each(['_917406400033', 'alice@example.com', 'Q00000', 'x'.repeat(81), 'Ünal', '7up', '', 'a\nb', '{"a":1}'])(
  'A name that could be an identifier or is too long becomes other: %j',
  (name) => {
    expect(printableName(name)).toBe('other');
  },
);

test('No mobile number, customer id or e-mail address is printable in any name', () => {
  const identifier = fc.oneof(
    fc.stringMatching(/^[0-9]{7,15}$/),
    fc.emailAddress(),
    fc.stringMatching(/^[0-9]{12}$/).map((digits) => digits.replace(/(...)/g, '$1_')),
  );
  fc.assert(
    fc.property(identifier, fc.stringMatching(/^[A-Za-z_]{0,5}$/), (value, before) => {
      expect(printableName(before + value)).toBe('other');
    }),
  );
});
