import fc from 'fast-check';
import { expect, test } from 'vitest';
import { customersOf } from '../../src/callers/claims.ts';
import type { Caller } from '../../src/model/caller.ts';
import { CustomerIdentifier, IDENTIFIER_NAMES, type IdentifierName } from '../../src/model/identifier.ts';
import type { CustomerReference } from '../../src/model/promotionsQuery.ts';
import { authoriseCustomer } from '../../src/promotions/access.ts';

const CLAIMS = [
  { claim: 'phone_number', name: 'MOBILE' },
  { claim: 'email', name: 'EMAIL' },
  { claim: 'capillary_id', name: 'ID' },
  { claim: 'sub', name: 'EXTERNAL_ID' },
] as const;

function callerWith(claims: Record<string, unknown>, requireVerified = false): Caller {
  const customers = customersOf(claims, { customerClaims: CLAIMS, anyCustomerScope: 'any', requireVerified });
  return {
    name: 'somebody',
    group: 'jwt',
    isUnchecked: false,
    customers,
    dataScopes: { kind: 'any' },
    sources: { kind: 'any' },
  };
}

function customer(name: IdentifierName, value: string): CustomerReference {
  return { identifier: CustomerIdentifier.of(name, value), source: 'ALL' };
}

function may(caller: Caller, name: IdentifierName, value: string): boolean {
  const asked = customer(name, value);
  try {
    authoriseCustomer(asked, caller);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
    return false;
  }
}

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''));
const mobile = digits(11).map((rest) => `9${rest}`);
const email = fc
  .tuple(fc.stringMatching(/^[a-z0-9.]{1,12}$/), fc.stringMatching(/^[a-z]{1,8}$/))
  .map(([name, host]) => `${name}@${host}.example`);

/** A mobile as people write it, with a plus sign and punctuation. */
const spelledMobile = (number: string) =>
  fc
    .tuple(
      fc.boolean(),
      fc.array(fc.constantFrom('', ' ', '-', '.', '(', ')', '/'), {
        minLength: number.length,
        maxLength: number.length,
      }),
    )
    .map(([plus, marks]) => (plus ? '+' : '') + [...number].map((digit, i) => digit + marks[i]).join(''));

/** An e-mail address with some of its letters as capitals. */
const spelledEmail = (address: string) =>
  fc
    .array(fc.boolean(), { minLength: address.length, maxLength: address.length })
    .map((capitals) => [...address].map((char, i) => (capitals[i] ? char.toUpperCase() : char)).join(''));

test('A token gives access to its own mobile in every spelling, and to no other mobile', () => {
  fc.assert(
    fc.property(
      fc.tuple(mobile, mobile).chain(([own, other]) =>
        fc.tuple(
          fc.constant(own),
          fc.constant(other),
          spelledMobile(own).map((spelled) => spelled.trim()),
          spelledMobile(own),
          spelledMobile(other),
        ),
      ),
      ([own, other, claimed, asked, askedOther]) => {
        const caller = callerWith({ phone_number: claimed });
        expect(may(caller, 'MOBILE', asked)).toBe(true);
        expect(may(caller, 'MOBILE', askedOther)).toBe(own === other);
      },
    ),
  );
});

test('A token gives access to its own e-mail address in upper and lower case, and to no other address', () => {
  fc.assert(
    fc.property(
      fc
        .tuple(email, email)
        .chain(([own, other]) =>
          fc.tuple(fc.constant(own), fc.constant(other), spelledEmail(own), spelledEmail(own), spelledEmail(other)),
        ),
      ([own, other, claimed, asked, askedOther]) => {
        const caller = callerWith({ email: claimed });
        expect(may(caller, 'EMAIL', asked)).toBe(true);
        expect(may(caller, 'EMAIL', askedOther)).toBe(own === other);
      },
    ),
  );
});

test('A token gives access only to exactly equal ids', () => {
  const caller = callerWith({ capillary_id: 347297848, sub: '00Ab' });
  expect([may(caller, 'ID', '347297848'), may(caller, 'EXTERNAL_ID', '00Ab')]).toEqual([true, true]);
  for (const value of ['0347297848', '347297848 ', '+347297848', '347297848abc', '347297848 OR 1=1']) {
    expect(() => may(caller, 'ID', value)).toThrow('must be digits without a leading zero');
  }
  for (const value of ['00ab', '0Ab', 'Ab']) expect(may(caller, 'EXTERNAL_ID', value)).toBe(false);
});

test('A token gives no access by another kind of identifier with the same value', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CLAIMS),
      fc.constantFrom(...IDENTIFIER_NAMES),
      mobile,
      ({ claim, name }, asked, value) => {
        expect(may(callerWith({ [claim]: value }), asked, value)).toBe(asked === name);
      },
    ),
  );
});

test('A token gives access to nothing that is sent upstream in another spelling', () => {
  const respelt = fc.constantFrom<(value: string) => string>(
    (value) => value,
    (value) => `+${value}`,
    (value) => ` ${value} `,
    (value) => value.toUpperCase(),
    (value) => value.normalize('NFKD'),
    (value) => `0${value}`,
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...CLAIMS),
      fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), mobile, email),
      respelt,
      (claimed, value, spell) => {
        const own = callerWith({ [claimed.claim]: value }).customers;
        const vouched = own.kind === 'own' ? own.identifiers.map((identifier) => identifier.revealCanonical()) : [];
        fc.pre(vouched.length > 0);
        const spelled = spell(value);
        fc.pre(claimed.name !== 'ID' || /^[1-9]\d*$/.test(spelled));
        const asked = CustomerIdentifier.of(claimed.name, spelled).revealCanonical();
        expect(may(callerWith({ [claimed.claim]: value }), claimed.name, spelled)).toBe(vouched.includes(asked));
      },
    ),
  );
});

test.each<[string, Record<string, unknown>, IdentifierName, string]>([
  ['is unverified', { email: 'me@example.com', email_verified: false }, 'EMAIL', 'me@example.com'],
  ['is unverified in a string', { email: 'me@example.com', email_verified: 'false' }, 'EMAIL', 'me@example.com'],
  ['has a letter that folds into another', { email: '\u212Aate@example.com' }, 'EMAIL', 'kate@example.com'],
  ['has an accent', { email: 'jöhn@example.com' }, 'EMAIL', 'jöhn@example.com'],
  ['has lost digits', { capillary_id: Number('9007199254740993') }, 'ID', '9007199254740992'],
  ['is negative', { phone_number: -917406400033 }, 'MOBILE', '917406400033'],
  ['is a fraction', { capillary_id: 1.5 }, 'ID', '1'],
  ['is an id with a space before it', { capillary_id: ' 347297848' }, 'ID', '347297848'],
  ['is an id with a zero before it', { capillary_id: '0347297848' }, 'ID', '347297848'],
  ['is an external id with a space behind it', { sub: '000003873354 ' }, 'EXTERNAL_ID', '000003873354'],
  ['is a list', { capillary_id: ['1', '2'] }, 'ID', '1'],
  ['is an object', { capillary_id: { value: '1' } }, 'ID', '1'],
  ['is not configured', { phone: '917406400033' }, 'MOBILE', '917406400033'],
])('A claim that %s gives no access', (_, claims, name, value) => {
  expect(may(callerWith(claims), name, value)).toBe(false);
});

test.each([false, 'false', 'False', 'FALSE', 'no', 0, '0', 1, 'yes', null, '', [false], [true], {}, undefined])(
  'A claim gives no access if its verified claim is %j',
  (verified) => {
    const claims = { email: 'me@example.com', email_verified: verified };
    expect(may(callerWith(claims), 'EMAIL', 'me@example.com')).toBe(false);
  },
);

test.each([true, 'true'])('A claim gives access if its verified claim is %j', (verified) => {
  const claims = { email: 'me@example.com', email_verified: verified };
  expect(may(callerWith(claims, true), 'EMAIL', 'me@example.com')).toBe(true);
});

test('A claim without a verified claim gives access only if none is required', () => {
  const claims = { email: 'me@example.com' };
  expect(may(callerWith(claims), 'EMAIL', 'me@example.com')).toBe(true);
  expect(may(callerWith(claims, true), 'EMAIL', 'me@example.com')).toBe(false);
});

test.each(['', ' ', '\n', 'x'.repeat(300)])('A claim that is no identifier gives no access: %j', (value) => {
  const claims = Object.fromEntries(CLAIMS.map(({ claim }) => [claim, value]));
  expect(callerWith(claims).customers).toEqual({ kind: 'own', identifiers: [], unverified: [] });
});

test.each<[string, Record<string, unknown>]>([
  ['the scope among others', { scope: 'openid any' }],
  ['scp in a string', { scp: 'any' }],
  ['scp in a list', { scp: ['openid', 'any'] }],
])('A token with the scope for any customer gives access to any customer: %s', (_, claims) => {
  expect(callerWith(claims).customers).toEqual({ kind: 'any' });
  expect(may(callerWith(claims), 'ID', '1')).toBe(true);
});

test.each<[string, Record<string, unknown>]>([
  ['a scope that only begins like it', { scope: 'anything any.more' }],
  ['the scope in an object', { scope: { any: true } }],
  ['no scope', {}],
])('A token without the scope for any customer gives access only to its own: %s', (_, claims) => {
  expect(callerWith(claims).customers).toEqual({ kind: 'own', identifiers: [], unverified: [] });
  expect(may(callerWith(claims), 'ID', '1')).toBe(false);
});

test('No token gives access to any customer if no scope is configured for it', () => {
  const customers = customersOf(
    { scope: 'undefined any' },
    { customerClaims: CLAIMS, anyCustomerScope: undefined, requireVerified: false },
  );
  expect(customers).toEqual({ kind: 'own', identifiers: [], unverified: [] });
});
