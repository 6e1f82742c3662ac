import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CustomerIdentifier,
  IDENTIFIER_NAMES,
  type IdentifierName,
  identifierText,
} from '../../src/model/identifier.ts';

const canonical = (name: IdentifierName, value: string) => CustomerIdentifier.of(name, value).revealCanonical();

test.each<[IdentifierName, string, string]>([
  ['MOBILE', '+91 (740) 640-0033', '917406400033'],
  ['MOBILE', '91.7406/400033', '917406400033'],
  ['MOBILE', '\u202a+91 74064\u00a000033\u202c', '917406400033'],
  ['MOBILE', '\u206891\u2011740\u2013640\u22120033\u2069', '917406400033'],
  ['MOBILE', '\uff0b\uff19\uff11\uff17406400033\ufe0f', '917406400033'],
  ['MOBILE', '9\u00ad1\u200b7406400033\u200e', '917406400033'],
  ['EMAIL', ' Me@Example.COM ', 'me@example.com'],
  ['EMAIL', 'me@exam\u200bple.com\u200e', 'me@example.com'],
  ['ID', '347297848', '347297848'],
  ['EXTERNAL_ID', ' 00Ab ', ' 00Ab '],
])('The canonical form of %s %j is %j', (name, value, expected) => {
  expect(canonical(name, value)).toBe(expected);
});

test('The canonical form of a canonical form is itself', () => {
  fc.assert(
    fc.property(fc.constantFrom(...IDENTIFIER_NAMES), fc.string({ maxLength: 254 }), (name, value) => {
      let once: string;
      try {
        once = canonical(name, value);
      } catch {
        return fc.pre(false);
      }
      expect(canonical(name, once)).toBe(once);
    }),
  );
});

test.each<[string, string, RegExp]>([
  ['blank', ' ', /value must not be blank/],
  ['empty', '', /value must not be blank/],
  ['longer than 254 characters', 'x'.repeat(255), /at most 254 characters, got 255/],
  ['in two lines', '91\n92', /line break or another control character/],
  ['parted by a control character', '91\u0000', /line break or another control character/],
  ['parted by a line separator', '91\u2028', /line break or another control character/],
  ['not well-formed text', '91\ud800', /must be well-formed/],
  ['with bytes that were no text', '91\ufffd', /must be well-formed/],
])('An identifier that is %s is refused', (_, value, message) => {
  for (const name of IDENTIFIER_NAMES) {
    expect(() => CustomerIdentifier.of(name, value)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringMatching(message) }),
    );
  }
});

test('An identifier of 254 characters is accepted', () => {
  const value = '9'.repeat(254);
  for (const name of IDENTIFIER_NAMES) expect(canonical(name, value)).toBe(value);
});

test('A mobile of only punctuation is blank', () => {
  expect(() => CustomerIdentifier.of('MOBILE', '+ (-) /.')).toThrow(/value must not be blank/);
});

test.each(['++917406400033', '9174064000x3', '+91;7406400033', '٩١٧٤٠٦٤٠٠٠٣٣', 'me@example.com'])(
  'A mobile that is not digits is refused: %j',
  (value) => {
    expect(() => CustomerIdentifier.of('MOBILE', value)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringContaining('must be digits') }),
    );
  },
);

test.each(['0347297848', '347297848abc', '347297848 ', '+347297848', '-1', '1e3', '347297848 OR 1=1', '३४७'])(
  'An id that is not digits without a leading zero is refused: %j',
  (value) => {
    expect(() => CustomerIdentifier.of('ID', value)).toThrow(
      expect.objectContaining({
        code: 'BAD_USER_INPUT',
        message: expect.stringContaining('must be digits without a leading zero'),
      }),
    );
  },
);

test.each([
  ['42', '42'],
  [0, '0'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [Number.MAX_SAFE_INTEGER + 1, undefined],
  [-1, undefined],
  [1.5, undefined],
  [true, undefined],
  [null, undefined],
])('%j in JSON is the identifier %s', (value, text) => {
  expect(identifierText(value)).toBe(text);
});
