import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UNSET_DATA_SCOPE } from '../../src/model/dataScope.ts';
import { CustomerIdentifier, IDENTIFIER_NAMES } from '../../src/model/identifier.ts';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import type { PromotionsQuery } from '../../src/model/promotionsQuery.ts';
import { type Redacted, Secret } from '../../src/model/redacted.ts';
import { noCredentials, ownBasicCredentials, passedThrough } from '../../src/upstream/credentials/credentials.ts';
import { pageKey, queryKey } from '../../src/upstream/key.ts';
import { collectLogs } from '../support/logs.ts';

const PRIVATE = '919911223344';
const VALUES: readonly (readonly [string, Redacted])[] = [
  ...IDENTIFIER_NAMES.map((name) => [name, CustomerIdentifier.of(name, PRIVATE)] as const),
  ['secret', new Secret(PRIVATE)],
];

describe.each(VALUES)('A value that is private (%s) is not printed', (_, value) => {
  test.each<[string, () => string]>([
    ['in a string', () => `${value}`],
    ['joined', () => [value].join()],
    ['as JSON', () => JSON.stringify({ value, list: [value] })],
    ['by inspect', () => inspect({ deep: { value } }, { depth: null, showHidden: true, getters: true })],
    ['by inspect without its own way to print', () => inspect(value, { customInspect: false, showHidden: true })],
    ['by format', () => format('%s %o %O %j %d', value, value, value, value, value)],
    ['in an error', () => inspect(new Error(`no ${value}`, { cause: { value } }), { depth: null })],
    ['when it is spread', () => JSON.stringify({ ...value })],
    ['when it is cloned', () => JSON.stringify(structuredClone(value))],
    ['as a key', () => Object.keys({ [String(value)]: 1 }).join()],
    [
      'in a log line',
      () => {
        const logs = collectLogs();
        logs.logger.error({ err: Object.assign(new Error('failed'), { value }), value }, 'failed for %s', value);
        return logs.text();
      },
    ],
  ])('%s', (_way, print) => {
    expect(print()).not.toBe('');
    expect(print()).not.toContain(PRIVATE);
  });
});

describe('A key', () => {
  const hash = new KeyedHash(Buffer.alloc(32, 7));
  const mine = noCredentials(hash);
  const listing = (name: (typeof IDENTIFIER_NAMES)[number], value: string): PromotionsQuery => ({
    identifier: CustomerIdentifier.of(name, value),
    source: 'ALL',
    dataScope: UNSET_DATA_SCOPE,
    status: null,
    includeAlternateCurrencyUsage: false,
  });
  const keyOf = (each: PromotionsQuery, { identity } = mine, keyed = hash) =>
    pageKey(queryKey(keyed, identity, each), { limit: 10, offset: 0 });

  test('holds neither identifier nor credentials', () => {
    const basic = ownBasicCredentials(hash, 'seeded-user', new Secret('seeded-password'));
    const passed = passedThrough(hash, { oauthToken: 'seeded-token' });
    for (const source of [basic, passed]) {
      if (typeof source === 'string') throw new Error('There are no credentials.');
      for (const name of IDENTIFIER_NAMES)
        expect(keyOf(listing(name, PRIVATE), source)).not.toMatch(/9911223344|seeded/);
    }
  });

  test('cannot be guessed without the key of its hash', () => {
    const other = new KeyedHash(Buffer.alloc(32, 8));
    const asked = listing('MOBILE', PRIVATE);
    expect(keyOf(asked, noCredentials(hash), hash)).not.toBe(keyOf(asked, noCredentials(hash), other));
  });

  test('is the same for two spellings of one identifier', () => {
    expect(keyOf(listing('MOBILE', '+91 (991) 122-3344'))).toBe(keyOf(listing('MOBILE', PRIVATE)));
    expect(keyOf(listing('EMAIL', 'Me@Example.com'))).toBe(keyOf(listing('EMAIL', 'me@example.com')));
  });

  test('is another for every other question, data scope and credentials', () => {
    const asked = listing('MOBILE', PRIVATE);
    const others: readonly string[] = [
      keyOf(listing('ID', PRIVATE)),
      keyOf(listing('MOBILE', '919911223345')),
      keyOf({ ...asked, source: 'INSTORE' }),
      keyOf({ ...asked, status: 'EXPIRED' }),
      keyOf({ ...asked, includeAlternateCurrencyUsage: true }),
      keyOf({ ...asked, dataScope: { scope: 'SELF' } }),
      keyOf({ ...asked, dataScope: { scope: 'ALL', orgIds: [] } }),
      keyOf({ ...asked, dataScope: { scope: 'OTHER', orgIds: ['1'] } }),
      keyOf({ ...asked, dataScope: { scope: 'OTHER', orgIds: ['1', '2'] } }),
      keyOf({ ...asked, dataScope: { scope: 'OTHER', orgIds: ['12'] } }),
      keyOf(asked, ownBasicCredentials(hash, 'a', new Secret('b'))),
      keyOf(asked, ownBasicCredentials(hash, 'a', new Secret('c'))),
      pageKey(queryKey(hash, mine.identity, asked), { limit: 10, offset: 10 }),
      keyOf(asked),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  test('mistakes no list of parts for another', () => {
    const parts = fc.array(fc.string(), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(hash.of(...one)).not.toBe(hash.of(...other));
      }),
    );
    expect(hash.of('a', 'b')).not.toBe(hash.of('ab'));
    expect(hash.of('a:1', 'b')).not.toBe(hash.of('a', '1:b'));
  });
});
