import fc from 'fast-check';
import { type ASTNode, Kind, parse, parseValue, print, specifiedRules, validate, visit } from 'graphql';
import { describe, expect, test } from 'vitest';
import { coerceVariables } from '../../src/graphql/coercedVariables.ts';
import { validationErrors } from '../../src/graphql/errors/validationErrors.ts';
import { validationRules } from '../../src/graphql/limits/documentLimits.ts';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
import { GatewayError } from '../../src/model/errors.ts';

const SCHEMA = buildGatewaySchema();
const MOBILE = '917406400033';

/** The public errors of a document, which is validated as Apollo Server does it. */
function errorsOf(query: string, introspection = true) {
  const document = parse(query);
  const rules = [...specifiedRules, ...validationRules(introspection)];
  const errors = validate(SCHEMA, document, rules, { maxErrors: 20, hideSuggestions: !introspection });
  return validationErrors(errors, document, SCHEMA);
}

const messagesOf = (query: string, introspection?: boolean) =>
  errorsOf(query, introspection).map(({ message }) => message);

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

const asked = (identifier: string) => `{ customer(identifier: ${identifier}, source: INSTORE) { customerId } }`;
const withVariable =
  'query ($i: CustomerIdentifierInput!) { customer(identifier: $i, source: INSTORE) { customerId } }';
const lists = (limits: string) =>
  `{ customer(identifier: { name: ID, value: "1" }, source: ALL) { promotions(${limits}) { items { id } } } }`;

describe('A validation error names fields, arguments and types', () => {
  test.each([
    [lists('limits: 5'), 'Unknown argument "limits" on field "Customer.promotions". Did you mean "limit"?'],
    [lists('limit: "5"'), '"Customer.promotions(limit:)" must be a value of type "Int".'],
    [lists('status: PAST'), '"Customer.promotions(status:)" must be a value of type "PromotionStatus".'],
    [
      lists('status: EXPIRE'),
      '"Customer.promotions(status:)" must be a value of type "PromotionStatus". Did you mean the enum value "EXPIRED"?',
    ],
    [
      asked('{ name: mobile, value: "917406400033" }'),
      '"CustomerIdentifierInput.name" must be a value of type "IdentifierName!". Did you mean the enum value "MOBILE"?',
    ],
    [
      asked('{ name: ID, value: {a: "Did you mean x?"} }'),
      '"CustomerIdentifierInput.value" must be a value of type "String!".',
    ],
    [
      lists('dataScope: { scope: OTHER, orgIds: ["1", TWO] }'),
      '"DataScopeInput.orgIds" must be a value of type "ID!".',
    ],
    [
      '{ customer(source: ALL) { customerId } }',
      'Field "customer" argument "identifier" of type "CustomerIdentifierInput!" is required, but it was not provided.',
    ],
    [asked('{ name: ID, value: 917406400033 }'), '"CustomerIdentifierInput.value" must be a value of type "String!".'],
    [
      asked('{ name: MOBILE }'),
      '"Query.customer(identifier:)" must be a value of type "CustomerIdentifierInput!" with name and value.',
    ],
    [
      asked('["1"]'),
      '"Query.customer(identifier:)" must be a value of type "CustomerIdentifierInput!" with name and value.',
    ],
    [
      asked('{ name: ID, value: "1", valu: 1 }'),
      'Field "valu" is not defined by type "CustomerIdentifierInput". Did you mean "value"?',
    ],
    ['{ __typename @include(if: 1) }', '"@include(if:)" must be a value of type "Boolean!".'],
    ['query ($n: Int = "x") { __typename @skip(if: $n) }', '"$n" must be a value of type "Int".'],
    [
      'query ($n: Int) { __typename @skip(if: $n) }',
      'Variable "$n" of type "Int" used in position expecting type "Boolean!".',
    ],
    ['{ custome { id } }', 'Cannot query field "custome" on type "Query". Did you mean "customer" or "customers"?'],
    ['mutation { a }', 'Only queries are supported.'],
  ])('%s', (query, message) => {
    expect(messagesOf(query)).toContain(message);
  });

  test('without suggestions if introspection is off', () => {
    expect(messagesOf(lists('limits: 5'), false)).toEqual([
      'Unknown argument "limits" on field "Customer.promotions".',
    ]);
    expect(messagesOf('{ __schema { types { name } } }', false)).toEqual([
      'Introspection is disabled. Set INTROSPECTION=true, or run `npm run schema` to print the schema.',
    ]);
  });

  test('at the place of the error, or the first two of its places', () => {
    expect(errorsOf('{ __typename nothing }').map(({ locations }) => locations)).toEqual([[{ line: 1, column: 14 }]]);
    const same =
      '{ a: customer(identifier: { name: ID, value: "1" }, source: ALL) { customerId } a: __typename a: __typename }';
    expect(errorsOf(same).map(({ locations }) => locations)).toEqual([
      [
        { line: 1, column: 3 },
        { line: 1, column: 81 },
      ],
    ]);
  });

  test('once each: ten unknown directives in one place are one error', () => {
    expect(messagesOf(`{ __typename ${'@aa '.repeat(10)} }`)).toEqual(['Unknown directive "@aa".']);
  });

  test('in at most twenty messages, and one that says so', () => {
    const fields = Array.from({ length: 50 }, (_, i) => `f${i}`).join(' ');
    expect(messagesOf(`{ ${fields} }`, false)).toEqual([
      ...Array.from({ length: 20 }, (_, i) => `Cannot query field "f${i}" on type "Query".`),
      'Too many validation errors, error limit reached. Validation aborted.',
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
      'The variable "$i" has a field that is not defined by type "CustomerIdentifierInput".',
    ],
  ])('%j', (value, message) => {
    expect(refusalOf(withVariable, { i: value })).toBe(message);
  });

  test('in a list too', () => {
    const query = 'query ($l: [CustomerIdentifierInput!]!) { customers(identifiers: $l, source: ALL) { customerId } }';
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
  const LITERALS: ReadonlySet<Kind> = new Set([
    Kind.INT,
    Kind.FLOAT,
    Kind.STRING,
    Kind.BOOLEAN,
    Kind.NULL,
    Kind.ENUM,
    Kind.LIST,
    Kind.OBJECT,
  ]);
  const SECRETS = [
    `"${SECRET}"`,
    `"""a ${SECRET} "b" """`,
    SECRET,
    `["${SECRET}", [${SECRET}]]`,
    `{ name: ${SECRET}, value: ["${SECRET}"] }`,
    `{ value: { value: "${SECRET}" }, orgIds: "${SECRET}" }`,
  ].map((literal) => parseValue(literal));
  /** Valid and invalid documents with literals in every kind of place. */
  const DOCUMENTS = [
    asked('{ name: MOBILE, value: "1" }'),
    asked('{ name: MOBILE, value: "1", value: "2", valu: "3" }'),
    '{ customers(identifiers: [{ name: ID, value: "1" }, { name: EMAIL, value: "2" }], source: ALL) { customerId } }',
    lists('limit: 1, offset: 2, limit: 3, limits: 4'),
    lists('dataScope: { scope: OTHER, orgIds: ["1", "2"] }, status: EXPIRED, includeAlternateCurrencyUsage: true'),
    lists('first: 1, after: "x"').replace('promotions', 'promotionConnection').replace('items', 'nodes'),
    '{ _entities(representations: [{ __typename: "Customer", identifier: { name: "ID", value: "1" }, source: "ALL" }, { identifier: { value: 1.5 } }]) { __typename } }',
    'query ($i: CustomerIdentifierInput! = { name: ID, value: "1" }, $n: Int = 1, $n: [ID!] = ["1"]) { customer(identifier: $i, source: $n) { customerId } }',
    'query ($d: DataScopeInput = { scope: SELF, orgIds: null }, $unused: String = "x") { __typename @include(if: $d) }',
    '{ __typename @skip(if: true) @skip(if: false) @include(unless: "x") @nothing(a: { b: [1] }) }',
    '{ a: __type(name: "A") { name } a: __type(name: "B") { kind } a: customer(identifier: { name: ID, value: "1" }, source: ALL) { customerId } }',
    '{ ...F ...F @include(if: true) } fragment F on Query { a: __type(name: "A") { name } ...G } fragment G on Customer { promotions(limit: 1) { id } ...F }',
    'mutation { pay(amount: 1.5, to: { name: "x" }) { id } } subscription { a(b: "c") d(e: F) }',
    'query A { nothing(a: "b") } query A { __typename(a: [ENUM, null]) } { customer(identifier: "1") }',
    '{ __schema { types { fields(includeDeprecated: true) { type { fields(includeDeprecated: "x") { type { fields { name } } } } } } } }',
  ];
  /** The documents with one literal each replaced by another that holds the secret, for every literal in them. */
  function withSecrets(query: string): string[] {
    const document = parse(query);
    const literals: ASTNode[] = [];
    visit(document, { enter: (node) => void (LITERALS.has(node.kind) && literals.push(node)) });
    return literals.flatMap((literal) =>
      SECRETS.map((secret) => print(visit(document, { enter: (node) => (node === literal ? secret : undefined) }))),
    );
  }

  test('in any place of a document, by any rule', () => {
    const rules = [...specifiedRules, ...validationRules(true)];
    let quoted = 0;
    for (const query of DOCUMENTS.flatMap(withSecrets)) {
      const document = parse(query);
      for (const rule of rules) {
        const errors = validate(SCHEMA, document, [rule]);
        if (JSON.stringify(errors).includes(SECRET)) quoted++;
        expect(JSON.stringify(validationErrors(errors, document, SCHEMA)), query).not.toContain(SECRET);
      }
    }
    expect(quoted).toBeGreaterThan(300);
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
