import { expect, test } from 'vitest';
import { type Caller, type DataScopeAccess, mayReadDataScope } from '../../src/model/caller.ts';
import { CustomerIdentifier } from '../../src/model/identifier.ts';
import { dataScopeOf, UNSET_DATA_SCOPE } from '../../src/model/promotionsQuery.ts';
import { authoriseCustomer } from '../../src/promotions/access.ts';

const OTHER_AND_ALL: DataScopeAccess = {
  kind: 'listed',
  allowed: new Map([
    ['OTHER', { kind: 'listed', orgIds: new Set(['1', '2']) }],
    ['ALL', { kind: 'any' }],
  ]),
};
const callerIn = (dataScopes: DataScopeAccess): Caller => ({
  name: 'till',
  group: 'till',
  isUnchecked: false,
  customers: { kind: 'any' },
  dataScopes,
  sources: { kind: 'any' },
});

test.each<[string, readonly string[]]>([
  ['OTHER', ['1']],
  ['OTHER', ['2', '1']],
  ['ALL', []],
  ['ALL', ['3']],
])('A caller may read a data scope that it is allowed: %s of %j', (scope, orgIds) => {
  expect(mayReadDataScope(callerIn(OTHER_AND_ALL), dataScopeOf(scope, orgIds))).toBe(true);
});

test.each<[string, readonly string[]]>([
  ['OTHER', ['1', '3']],
  ['OTHER', ['3']],
  ['SELF', []],
])('A caller may not read a data scope that it is not allowed: %s of %j', (scope, orgIds) => {
  expect(mayReadDataScope(callerIn(OTHER_AND_ALL), dataScopeOf(scope, orgIds))).toBe(false);
});

test('An unset data scope counts as SELF, as it does upstream', () => {
  const own: DataScopeAccess = { kind: 'listed', allowed: new Map([['SELF', { kind: 'any' }]]) };
  expect(mayReadDataScope(callerIn(own), UNSET_DATA_SCOPE)).toBe(true);
  expect(mayReadDataScope(callerIn(OTHER_AND_ALL), UNSET_DATA_SCOPE)).toBe(false);
});

test('ALL must name its organisations if a caller is allowed only some of them', () => {
  const some: DataScopeAccess = {
    kind: 'listed',
    allowed: new Map([['ALL', { kind: 'listed', orgIds: new Set(['1']) }]]),
  };
  const may = (orgIds: readonly string[]) => mayReadDataScope(callerIn(some), dataScopeOf('ALL', orgIds));
  expect([may([]), may(['1']), may(['1', '2'])]).toEqual([false, true, false]);
});

test('A caller that is allowed only one data scope may read that one and no other', () => {
  const only: DataScopeAccess = { kind: 'only', dataScope: dataScopeOf('OTHER', ['1', '2']) };
  const may = (scope: string, orgIds: readonly string[]) =>
    mayReadDataScope(callerIn(only), dataScopeOf(scope, orgIds));
  expect([may('OTHER', ['2', '1']), may('OTHER', ['1']), may('ALL', ['1', '2']), may('SELF', [])]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(mayReadDataScope(callerIn({ kind: 'only', dataScope: UNSET_DATA_SCOPE }), dataScopeOf('SELF', []))).toBe(true);
});

test('A caller may look up a customer only in the sources that it is allowed', () => {
  const caller: Caller = { ...callerIn({ kind: 'any' }), sources: { kind: 'listed', sources: new Set(['INSTORE']) } };
  const identifier = CustomerIdentifier.of('ID', '1');
  expect(authoriseCustomer({ identifier, source: 'INSTORE' }, caller)).toMatchObject({ source: 'INSTORE' });
  expect(() => authoriseCustomer({ identifier, source: 'FACEBOOK' }, caller)).toThrow(
    expect.objectContaining({ code: 'FORBIDDEN', cause: 'source not allowed' }),
  );
});
