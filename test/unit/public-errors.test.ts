import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { validationErrors } from '../../src/graphql/publicErrors/validationErrors.ts';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
import { validationRules } from '../../src/graphql/validationRules.ts';
import { coerceVariables } from '../../src/graphql/variables.ts';
import { GatewayError } from '../../src/model/errors.ts';

const SCHEMA = buildGatewaySchema();
const MOBILE = '917406400033';

function messagesOf(query: string, suggestions = true, introspection = true): string[] {
  const ownRules = validationRules(introspection);
  return validationErrors(SCHEMA, parse(query), { ownRules, maxErrors: 20, suggestions }).map(({ message }) => message);
}

function refusalOf(query: string, variables: Record<string, unknown>): string | undefined {
  const [operation] = parse(query).definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('not an operation');
  try {
    coerceVariables(SCHEMA, operation, variables);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    expect((error as GatewayError).code).toBe('BAD_USER_INPUT');
    return (error as GatewayError).message;
  }
}

const asked = (identifier: string) => `{ customer(identifier: ${identifier}, source: INSTORE) { id } }`;
const withVariable = 'query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: INSTORE) { id } }';
const lists = (limits: string) =>
  `{ customer(identifier: { name: ID, value: "1" }, source: ALL) { promotions(${limits}) { items { id } } } }`;

describe('A validation error names fields, arguments and types', () => {
  test.each([
    [lists('limits: 5'), 'Unknown argument "limits" on field "Customer.promotions". Did you mean "limit"?'],
    [lists('limit: "5"'), 'A value of type "Int!" is expected in "Customer.promotions(limit:)".'],
    [
      lists('status: PAST'),
      'A value of type "PromotionStatus" is expected in "Customer.promotions(status:)". Its values are AVAILABLE_TO_ENROL, AVAILABLE_TO_EARN, AVAILABLE_TO_REDEEM, EXPIRED.',
    ],
    [
      '{ customer(source: ALL) { id } }',
      'Field "customer" argument "identifier" of type "CustomerIdentifierInput!" is required, but it was not provided.',
    ],
    [
      asked('{ name: MOBILE }'),
      'The field "CustomerIdentifierInput.value" of type "String!" is required in "Query.customer(identifier:)".',
    ],
    [asked('{ name: ID, value: "1", valu: 1 }'), 'Unknown field "valu" on input type "CustomerIdentifierInput".'],
    ['{ __typename @include(if: 1) }', 'A value of type "Boolean!" is expected in "@include(if:)".'],
    ['query ($n: Int = "x") { __typename @skip(if: $n) }', 'A value of type "Int" is expected.'],
    ['{ custome { id } }', 'Cannot query field "custome" on type "Query". Did you mean "customer" or "customers"?'],
    ['mutation { a }', 'Only queries are supported.'],
  ])('%s', (query, message) => {
    expect(messagesOf(query)).toContain(message);
  });

  test('without suggestions if introspection is off', () => {
    expect(messagesOf(lists('limits: 5'), false)).toEqual([
      'Unknown argument "limits" on field "Customer.promotions".',
    ]);
    expect(messagesOf(lists('status: PAST'), false)).toEqual([
      'A value of type "PromotionStatus" is expected in "Customer.promotions(status:)".',
    ]);
    expect(messagesOf('{ __schema { types { name } } }', false, false)).toEqual([
      'Introspection is disabled. Set INTROSPECTION=true, or run `npm run schema` to print the schema.',
    ]);
  });

  test('once each: ten unknown directives in one place are one error', () => {
    expect(messagesOf(`{ __typename ${'@aa '.repeat(10)} }`)).toEqual(['Unknown directive "@aa".']);
  });

  test('in at most MAX_ERRORS messages, and one that reports the limit', () => {
    const fields = Array.from({ length: 50 }, (_, i) => `f${i}`).join(' ');
    expect(messagesOf(`{ ${fields} }`, false)).toEqual([
      ...Array.from({ length: 20 }, (_, i) => `Cannot query field "f${i}" on type "Query".`),
      'Only the first 20 errors are listed.',
    ]);
  });

  test('and is short even for a long unknown name', () => {
    expect(messagesOf(`{ ${'x'.repeat(100_000)} }`)).toEqual(['The document is not valid for this schema.']);
  });
});

describe('An invalid variable is named with its path and the expected type', () => {
  test.each<[unknown, string]>([
    [{ name: 'MOBILE', value: 917406400033 }, 'The variable "$i" at "value" must be a value of type "String!".'],
    [{ name: MOBILE, value: '1' }, 'The variable "$i" at "name" must be a value of type "IdentifierName!".'],
    [MOBILE, 'The variable "$i" must be a value of type "CustomerIdentifierInput!".'],
    [null, 'The variable "$i" must be a value of type "CustomerIdentifierInput!".'],
    [
      { name: 'MOBILE', [MOBILE]: 1 },
      'The variable "$i" must have the field "CustomerIdentifierInput.value" of type "String!".',
    ],
    [
      { name: 'MOBILE', value: '1', [`"${MOBILE}"`]: 1 },
      'The variable "$i" has a field that is not defined by type "CustomerIdentifierInput!".',
    ],
  ])('%j', (value, message) => {
    expect(refusalOf(withVariable, { i: value })).toBe(message);
  });

  test('in a list too', () => {
    const query = 'query ($l: [CustomerIdentifierInput!]!) { customers(identifiers: $l, source: ALL) { id } }';
    const good = { name: 'ID', value: '1' };
    expect(refusalOf(query, { l: [good, { name: 'ID', value: [MOBILE] }] })).toBe(
      'The variable "$l" at "[1].value" must be a value of type "String!".',
    );
    expect(refusalOf(query, {})).toBe('The variable "$l" of type "[CustomerIdentifierInput!]!" is required.');
    expect(refusalOf(query, { l: good })).toBeUndefined();
  });
});

describe('No message holds a value that a client sent', () => {
  const SECRET = 'x917406400033x';
  const literals = fc.constantFrom(
    `"${SECRET}"`,
    `"""a ${SECRET} "b" """`,
    SECRET,
    `{ name: ${SECRET}, value: "${SECRET}" }`,
    `{ name: "${SECRET}", value: ${SECRET} }`,
    `[["${SECRET}"], ${SECRET}]`,
    `{ name: MOBILE, value: { value: "${SECRET}" } }`,
  );

  test('in a document', () => {
    fc.assert(
      fc.property(literals, literals, literals, (identifier, source, other) => {
        const messages = messagesOf(
          `query ($v: CustomerIdentifierInput = ${other}, $n: Int = ${identifier}) {
            a: customer(identifier: ${identifier}, source: ${source}) { promotions(limit: ${other}, status: ${source}) { items { id } } }
            b: customers(identifiers: ${other}, source: ${identifier}) { id @include(if: ${other}) }
            c: customer(identifier: $v, source: $n) { id @skip(if: $n) }
            _entities(representations: ${source}, x: ${other}) { __typename }
          }`,
        );
        expect(messages.length).toBeGreaterThan(0);
        expect(messages.join('\n')).not.toContain(SECRET);
      }),
    );
  });

  test('in variables', () => {
    const text = fc.string({ unit: 'grapheme' }).map((around) => `${around}${SECRET}${around}`);
    fc.assert(
      fc.property(text, (value) => {
        for (const sent of [value, [value], { name: value, value }, { name: 'ID', value: { value } }, { [value]: 1 }]) {
          expect(refusalOf(withVariable, { i: sent })).not.toContain(SECRET);
        }
      }),
    );
  });
});
