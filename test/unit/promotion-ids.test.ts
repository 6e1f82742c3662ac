import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CustomerIdentifier } from '../../src/model/identifier.ts';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import { PromotionIds, promotionIdOf } from '../../src/model/promotionIds.ts';
import { dataScopeOf, type PromotionsQuery, UNSET_DATA_SCOPE } from '../../src/model/promotionsQuery.ts';

const MOBILE = CustomerIdentifier.of('MOBILE', '917406400033');
const QUERY: PromotionsQuery = {
  identifier: MOBILE,
  source: 'INSTORE',
  dataScope: UNSET_DATA_SCOPE,
  status: null,
  includeAlternateCurrencyUsage: false,
};
const stable = new KeyedHash(Buffer.alloc(32));
/** Each instance has its own secret. The stable key is the same on all of them. */
const instance = () => new PromotionIds(stable, new KeyedHash(randomBytes(32)));

test('The ids of promotions are the same on every instance and after every restart', () => {
  expect(instance().prefix('347297848', QUERY)).toBe(instance().prefix('347297848', QUERY));
});

test.each<[string, Partial<PromotionsQuery>]>([
  ['identifier', { identifier: CustomerIdentifier.of('EMAIL', 'sample@example.com') }],
  ['status', { status: 'EXPIRED' }],
])('The ids of promotions do not depend on the %s of the lookup', (_, other) => {
  const ids = instance();
  expect(ids.prefix('347297848', { ...QUERY, ...other })).toBe(ids.prefix('347297848', QUERY));
});

test.each<[string, string, Partial<PromotionsQuery>]>([
  ['customer', '347297849', {}],
  ['source', '347297848', { source: 'WECHAT' }],
  ['data scope', '347297848', { dataScope: dataScopeOf('ALL', []) }],
  ["data scope's organisations", '347297848', { dataScope: dataScopeOf('OTHER', ['50406']) }],
  ['flag for alternate currencies', '347297848', { includeAlternateCurrencyUsage: true }],
])('The ids of promotions depend on the %s', (_, customerId, other) => {
  const ids = instance();
  const prefixes = [
    ids.prefix('347297848', QUERY),
    ids.prefix('347297848', { ...QUERY, dataScope: dataScopeOf('OTHER', ['50405']) }),
  ];
  expect(prefixes).not.toContain(ids.prefix(customerId, { ...QUERY, ...other }));
});

test('An id holds the identifier only under the secret key, and only if upstream sends no customer id', () => {
  const [one, other] = [instance(), instance()];
  expect(one.prefix(null, QUERY)).toBe(one.prefix(null, QUERY));
  expect(one.prefix(null, QUERY)).not.toBe(other.prefix(null, QUERY));
  const someoneElse = { ...QUERY, identifier: CustomerIdentifier.of('MOBILE', '917406400034') };
  expect(one.prefix(null, QUERY)).not.toBe(one.prefix(null, someoneElse));
});

test('Different promotions of a page have different ids', () => {
  const upstreamId = fc.oneof(
    fc.nat().map(String),
    fc.bigInt().map(String),
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('0', '00', '-0', '1', '01', '1.0', '9007199254740992', '9007199254740993', '_', 'a', 'A', 'z1'),
  );
  fc.assert(
    fc.property(upstreamId, upstreamId, (one, other) => {
      expect(promotionIdOf('prefix', one) === promotionIdOf('prefix', other)).toBe(one === other);
    }),
    { numRuns: 2000 },
  );
});

test('An id reveals neither the customer nor the promotion', () => {
  const id = promotionIdOf(instance().prefix('347297848', QUERY), '1122938');
  expect(id).toMatch(/^[\w-]{16}[a-z0-9]+$/);
  for (const seen of ['347297848', '917406400033', '1122938']) expect(id).not.toContain(seen);
});
