import fc from 'fast-check';
import { buildSchema, type GraphQLError, getVariableValues, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { withoutValues } from '../../src/graphql/publicErrors.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';

const SCHEMA = buildSchema(
  readTypeDefs()
    .replace(/extend schema[\s\S]*?\)\s*(?=\n\n|\n[a-z"])/g, '')
    .replace(/@(key|shareable|link|tag|specifiedBy)(\([^)]*\))?/g, ''),
  { assumeValidSDL: true },
);
const MOBILE = '917406400033';

/** The messages that graphql-js has for a document and its variables. */
function messagesOf(query: string, variables: Record<string, unknown> = {}): string[] {
  let errors: readonly GraphQLError[];
  try {
    const document = parse(query);
    const [operation] = document.definitions;
    errors = validate(SCHEMA, document);
    if (errors.length === 0 && operation?.kind === 'OperationDefinition') {
      errors = getVariableValues(SCHEMA, operation.variableDefinitions ?? [], variables).errors ?? [];
    }
  } catch (error) {
    errors = [error as GraphQLError];
  }
  return errors.map(({ message }) => message);
}

const asked = (identifier: string) => `{ customer(identifier: ${identifier}, source: INSTORE) { id } }`;
const withVariable = 'query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: INSTORE) { id } }';

test.each([
  [asked(`{ name: MOBILE, value: ${MOBILE} }`), 'String cannot represent a non string value.'],
  [asked(`{ name: MOBILE, value: { a: "${MOBILE}" } }`), 'String cannot represent a non string value.'],
  [asked(`{ name: "${MOBILE}", value: "1" }`), 'Enum "IdentifierName" cannot represent non-enum value.'],
  [asked(`"${MOBILE}"`), 'Expected value of type "CustomerIdentifierInput!".'],
  [`{ customer("${MOBILE}") { id } }`, 'Syntax Error: Expected Name, found String.'],
  [`{ customer(${MOBILE}) { id } }`, 'Syntax Error: Expected Name, found Int.'],
])('The message about a literal loses its value: %s', (query, message) => {
  expect(messagesOf(query).join()).toContain(MOBILE);
  expect(messagesOf(query).map(withoutValues)).toContain(message);
  expect(messagesOf(query).map(withoutValues).join()).not.toContain(MOBILE);
});

test.each([
  [
    { name: 'MOBILE', value: 917406400033 },
    'Variable "$i" got invalid value at "i.value"; String cannot represent a non string value.',
  ],
  [
    { name: MOBILE, value: '1' },
    'Variable "$i" got invalid value at "i.name"; The value does not exist in "IdentifierName" enum.',
  ],
  [MOBILE, 'Variable "$i" got invalid value; Expected type "CustomerIdentifierInput" to be an object.'],
  [
    { name: 'MOBILE', value: '1', [MOBILE]: 1 },
    'Variable "$i" got invalid value; A field is not defined by type "CustomerIdentifierInput".',
  ],
  [
    { value: MOBILE },
    'Variable "$i" got invalid value; Field "name" of required type "IdentifierName!" was not provided.',
  ],
])('The message about a variable loses its value: %j', (value, message) => {
  const messages = messagesOf(withVariable, { i: value }).map(withoutValues);
  expect(messages).toContain(message);
  expect(messages.join()).not.toContain(MOBILE);
});

test('A message loses its value whatever the value is', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const value = `${before}${MOBILE}${after}`;
      for (const sent of [value, [value], { name: value, value }, { name: 'MOBILE', value: { value } }, { value }]) {
        const messages = messagesOf(withVariable, { i: sent });
        expect(messages.length).toBeGreaterThan(0);
        expect(messages.map(withoutValues).join('\n')).not.toContain(MOBILE);
      }
      const literal = JSON.stringify(value);
      for (const identifier of [literal, `{ name: ${literal}, value: [${literal}] }`]) {
        expect(messagesOf(asked(identifier)).map(withoutValues).join('\n')).not.toContain(MOBILE);
      }
    }),
  );
});

test('A message keeps what it says of the schema', () => {
  expect(messagesOf('{ custome { id } }').map(withoutValues)).toEqual(messagesOf('{ custome { id } }'));
});
