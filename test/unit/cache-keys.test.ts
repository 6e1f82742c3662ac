import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { CustomerIdentifier, IDENTIFIER_NAMES, type IdentifierName } from '../../src/model/identifier.ts';
import { KeyedHash, keysFrom } from '../../src/model/keyedHash.ts';
import { dataScopeOf, type PromotionsQuery, UNSET_DATA_SCOPE } from '../../src/model/promotionsQuery.ts';
import { Secret } from '../../src/model/redacted.ts';
import {
  type CredentialsSource,
  identityOf,
  noCredentials,
  OwnBasicCredentials,
  ownAccount,
  passedThrough,
} from '../../src/upstream/credentials/credentials.ts';
import { pageKey, queryKey } from '../../src/upstream/lookupRequest.ts';

const MOBILE = '919911223344';
const HASH = new KeyedHash(Buffer.alloc(32, 7));
const MINE = noCredentials(HASH);

const queryFor = (name: IdentifierName, value: string): PromotionsQuery => ({
  identifier: CustomerIdentifier.of(name, value),
  source: 'ALL',
  dataScope: UNSET_DATA_SCOPE,
  status: null,
  includeAlternateCurrencyUsage: false,
});
const ASKED = queryFor('MOBILE', MOBILE);
const LOOKUP = { path: '/v2.1/lookup', orgHeader: 'DATA-SCOPE-ORG' };

const keyOf = (query: PromotionsQuery, { identity } = MINE, hash = HASH) =>
  pageKey(queryKey(hash, identity, query), { limit: 10, offset: 0 });

const basic = new OwnBasicCredentials(
  HASH,
  ownAccount('http://upstream', 'seeded-user'),
  'seeded-user',
  new Secret('seeded-password'),
);
const passed = passedThrough(HASH, { oauthToken: 'seeded-token' }) as CredentialsSource;
const SOURCES: readonly (readonly [string, CredentialsSource])[] = [
  ['Basic credentials', basic],
  ['an OAuth token', passed],
];

test.each(SOURCES)('A key holds no identifier and nothing of %s', (_, source) => {
  for (const name of IDENTIFIER_NAMES) {
    expect(keyOf(queryFor(name, MOBILE), source)).not.toMatch(/9911223344|seeded/);
  }
  expect(keyOf(queryFor('EMAIL', 'sample@example.com'), source)).not.toMatch(/sample|example|seeded/);
});

test('A keyed hash is HMAC-SHA256, cut to 192 bits', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }),
      (key, parts) => {
        const text = parts.map((part) => `${part.length}:${part}`).join('');
        const expected = createHmac('sha256', key).update(text).digest('base64url').slice(0, 32);
        expect(new KeyedHash(Buffer.from(key)).of(...parts)).toBe(expected);
      },
    ),
  );
});

test('A key is different under another secret', () => {
  const other = new KeyedHash(Buffer.alloc(32, 8));
  expect(keyOf(ASKED, noCredentials(HASH), other)).not.toBe(keyOf(ASKED));
});

test('A key is the same on every instance with the same secret, upstream and lookup, and on no other', () => {
  const keyAt = (secret: string, upstream: string, lookup = LOOKUP) => {
    const { queries, storeNames } = keysFrom(new Secret(secret), upstream, lookup);
    return queryKey(queries, identityOf(storeNames, 'basic', 'Basic x'), ASKED);
  };
  expect(keyAt('a', 'http://one')).toBe(keyAt('a', 'http://one'));
  expect(keyAt('a', 'http://one')).not.toBe(keyAt('b', 'http://one'));
  expect(keyAt('a', 'http://one')).not.toBe(keyAt('a', 'http://two'));
  expect(keyAt('a', 'http://one')).not.toBe(keyAt('a', 'http://one', { ...LOOKUP, path: '/v2/lookup' }));
  expect(keyAt('a', 'http://one')).not.toBe(keyAt('a', 'http://one', { ...LOOKUP, orgHeader: 'DATA-SCOPE-ORGS' }));
});

test('A key is the same for two spellings of one identifier', () => {
  expect(keyOf(queryFor('MOBILE', '+91 (991) 122-3344'))).toBe(keyOf(ASKED));
  expect(keyOf(queryFor('EMAIL', 'Me@Example.com'))).toBe(keyOf(queryFor('EMAIL', 'me@example.com')));
});

test('A key is different for every other customer, filter, data scope, window and credentials', () => {
  const keys: readonly string[] = [
    keyOf(ASKED),
    keyOf(queryFor('ID', MOBILE)),
    keyOf(queryFor('MOBILE', '919911223345')),
    keyOf({ ...ASKED, source: 'INSTORE' }),
    keyOf({ ...ASKED, status: 'EXPIRED' }),
    keyOf({ ...ASKED, includeAlternateCurrencyUsage: true }),
    keyOf({ ...ASKED, dataScope: dataScopeOf('SELF', []) }),
    keyOf({ ...ASKED, dataScope: dataScopeOf('ALL', []) }),
    keyOf({ ...ASKED, dataScope: dataScopeOf('OTHER', ['1']) }),
    keyOf({ ...ASKED, dataScope: dataScopeOf('OTHER', ['1', '2']) }),
    keyOf({ ...ASKED, dataScope: dataScopeOf('OTHER', ['12']) }),
    keyOf(ASKED, new OwnBasicCredentials(HASH, ownAccount('http://upstream', 'a'), 'a', new Secret('b'))),
    keyOf(ASKED, new OwnBasicCredentials(HASH, ownAccount('http://upstream', 'a'), 'a', new Secret('c'))),
    keyOf(ASKED, passed),
    pageKey(queryKey(HASH, MINE.identity, ASKED), { limit: 10, offset: 10 }),
    pageKey(queryKey(HASH, MINE.identity, ASKED), { limit: 11, offset: 0 }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('A keyed hash is different for every list of parts', () => {
  const parts = fc.array(fc.string(), { maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other));
      expect(HASH.of(...one)).not.toBe(HASH.of(...other));
    }),
  );
  expect(HASH.of('a', 'b')).not.toBe(HASH.of('ab'));
  expect(HASH.of('a:1', 'b')).not.toBe(HASH.of('a', '1:b'));
});

test('Each purpose has its own key', () => {
  const { logNames, storeNames, queries, storedValues } = keysFrom(new Secret('a'), 'http://one', LOOKUP);
  expect(queries.of('x')).not.toBe(storeNames.of('x'));
  expect(logNames.of('x')).not.toBe(storeNames.of('x'));
  expect(new KeyedHash(storedValues).of('x')).not.toBe(storeNames.of('x'));
  expect(new KeyedHash(storedValues).of('x')).not.toBe(logNames.of('x'));
});

test('Keys without a secret are different in every process', () => {
  const hashed = () => keysFrom(undefined, 'http://one', LOOKUP).storeNames.of('x');
  expect(hashed()).not.toBe(hashed());
});

test('The credentials of a request are hashed once, and only if their identity is used', () => {
  const hash = new KeyedHash(Buffer.alloc(32, 7));
  const hashed = vi.spyOn(hash, 'of');
  const source = passedThrough(hash, { oauthToken: 'seeded-token' }) as CredentialsSource;
  expect(hashed).toHaveBeenCalledTimes(0);
  expect([source.identity, source.account, source.identity]).toEqual(Array(3).fill(passed.identity));
  expect(hashed).toHaveBeenCalledTimes(1);
});

test('Own accounts of other names or at other upstreams are other ones', () => {
  const accounts = [
    ['http://upstream', 'a'],
    ['http://upstream', 'b'],
    ['http://another', 'a'],
  ].map(([url = '', name = '']) => ownAccount(url, name));
  expect(new Set(accounts).size).toBe(3);
  expect(ownAccount('http://upstream', 'a')).toBe(accounts[0]);
});
