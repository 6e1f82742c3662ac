import fc from 'fast-check';
import { type ExecutionResult, parse, validate } from 'graphql';
import { expect, test, vi } from 'vitest';
import { coerceVariables } from '../../src/graphql/coercedVariables.ts';
import { ResponseSize } from '../../src/graphql/completedResponses.ts';
import { executorOf, operationExecutor, ProjectedValues } from '../../src/graphql/projection/execution.ts';
import type { ServerContext } from '../../src/graphql/resolverContext.ts';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
import type { Caller } from '../../src/model/caller.ts';
import { GatewayError } from '../../src/model/errors.ts';
import { CustomerIdentifier, IDENTIFIER_NAMES } from '../../src/model/identifier.ts';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import { countedDetails, entriesWithin } from '../../src/model/page.ts';
import { UNSET_DATA_SCOPE } from '../../src/model/promotionsQuery.ts';
import { Customers, DataScopes } from '../../src/promotions/access.ts';
import { Cursors } from '../../src/promotions/cursor.ts';
import { type FetchPage, PromotionsLoader } from '../../src/promotions/promotionsLoader.ts';
import { Habit } from '../../src/promotions/shortPages.ts';
import { startRecord } from '../../src/telemetry/operationRecord.ts';
import { BROKEN, CUSTOMERS, DENIED, type GeneratedOperation, OperationWriter } from './support/documents.ts';
import { type GeneratedList, generatedList } from './support/generatedPages.ts';

const SCHEMA = buildGatewaySchema();
const byGraphqlJs = executorOf(SCHEMA);
const projected = operationExecutor(SCHEMA);

/** Members that only a projected value has. */
const PROJECTED = /"(pageSize|totalEntries|totalCount|kpi|unlimited|earn|active|metadata|hasNextPage)"/;

/** The lists of promotions, by customer. */
type Lists = ReadonlyMap<string, GeneratedList>;

/** It may read any generated customer but one. */
const CALLER: Caller = {
  name: 'test',
  group: 'jwt',
  isUnchecked: false,
  customers: {
    kind: 'own',
    identifiers: IDENTIFIER_NAMES.flatMap((name) =>
      CUSTOMERS.filter((value) => value !== DENIED).map((value) => CustomerIdentifier.of(name, value)),
    ),
    unverified: [],
  },
  dataScopes: { kind: 'any' },
  sources: { kind: 'any' },
};
const HASH = new KeyedHash(Buffer.alloc(32));

/** The context of an operation whose upstream has these lists, and fails for one customer. */
function contextWith(lists: Lists): ServerContext {
  const dataScopes = new DataScopes(CALLER, () => UNSET_DATA_SCOPE, true);
  const fetchPage: FetchPage = async ({ identifier }, window) => {
    const list = lists.get(identifier.reveal());
    if (list === undefined || identifier.reveal() === BROKEN) throw new GatewayError('UPSTREAM_UNAVAILABLE');
    const { entries, warnings } = list;
    return {
      customerId: `id of ${identifier.reveal()}`,
      entries: entriesWithin(entries, { offset: 0, limit: entries.length }, window),
      pageDetails: countedDetails(window, entries.length),
      warnings,
    };
  };
  return {
    record: startRecord('id'),
    debug: false,
    customers: new Customers(CALLER, HASH, 50),
    promotions: new PromotionsLoader(fetchPage, dataScopes, new Habit(), 1000),
    dataScopes,
    cursors: new Cursors(HASH),
    maxPromotions: 1000,
    responseSize: new ResponseSize(10_000_000, () => {}),
    projected: new ProjectedValues(),
  };
}

async function execute(executor: typeof projected, operation: GeneratedOperation, lists: Lists) {
  const document = parse(operation.query);
  const [definition] = document.definitions;
  if (definition?.kind !== 'OperationDefinition') throw new Error('no operation');
  const executeWith = (given: Record<string, unknown>) => {
    const variables = coerceVariables(SCHEMA, definition, given);
    return executor({ document, operationName: 'Generated', variables, context: contextWith(lists) });
  };
  // The cached parts of a document must not change its response.
  await executeWith(operation.variablesBefore);
  return textOf(await executeWith(operation.variables));
}

/** The whole response, with sorted errors, since their order depends on timing. */
function textOf({ data, errors = [] }: ExecutionResult): string {
  const sorted = errors.map((error) => JSON.stringify(error)).sort();
  return JSON.stringify({ data, errors: sorted });
}

test("A projected response is exactly graphql-js's response, for any valid operation", async () => {
  let projections = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.array(generatedList(), { minLength: 2, maxLength: 2 }), async (g, generated) => {
      const operation = new OperationWriter(SCHEMA, g).write();
      expect(validate(SCHEMA, parse(operation.query)).map(({ message }) => message)).toEqual([]);
      const lists: Lists = new Map(
        CUSTOMERS.flatMap((value, index) => generated.slice(index % 2, (index % 2) + 1).map((list) => [value, list])),
      );
      const expected = await execute(byGraphqlJs, operation, lists);
      expect(await execute(projected, operation, lists)).toBe(expected);
      if (PROJECTED.test(expected)) projections++;
    }),
    { numRuns: 150, seed: 20_261_126, endOnFailure: true },
  );
  expect(projections).toBeGreaterThan(30);
});

/** A hundred entries under each alias, executed with room for this many characters; and how many were counted. */
async function hundredEntries(maxBytes: number, selection: string, aliases: readonly string[] = ['only']) {
  const [list] = fc.sample(generatedList(), { numRuns: 1, seed: 1 });
  const [entry] = list?.entries ?? [];
  if (list === undefined || entry === undefined) throw new Error('The list is empty.');
  const lists: Lists = new Map([['1', { ...list, entries: Array(100).fill(entry) }]]);
  const customer = `customer(identifier: { name: ID, value: "1" }, source: ALL) { promotions(limit: 100) { items { ${selection} } } }`;
  const responseSize = new ResponseSize(maxBytes, () => {});
  const counted = vi.spyOn(responseSize, 'add');
  const { data, errors } = await projected({
    document: parse(`{ ${aliases.map((alias) => `${alias}: ${customer}`)} }`),
    operationName: undefined,
    variables: {},
    context: { ...contextWith(lists), responseSize },
  });
  return {
    text: JSON.stringify(data),
    errors: errors?.map(({ message }) => message),
    counted: counted.mock.calls.reduce((sum, [characters]) => sum + characters, 0),
  };
}

test.each([
  'active',
  '__typename',
  'restrictions { issual { unlimited } }',
  'id name active metadata { key value brandDefined } restrictions { issual { kpi } earn { kpi } }',
  'enrolments { id issuals { redeemedCount } }',
])('The characters that are counted of a response are most of its bytes, and never more: %s', async (selection) => {
  const { text, errors, counted } = await hundredEntries(1_000_000, selection);
  expect(errors).toBe(undefined);
  expect(counted).toBeLessThanOrEqual(Buffer.byteLength(text));
  expect(counted).toBeGreaterThan(0.7 * text.length);
});

test('A page is counted under each of its aliases', async () => {
  const once = await hundredEntries(1_000_000, 'id name');
  const thrice = await hundredEntries(1_000_000, 'id name', ['a', 'b', 'c']);
  expect(thrice.counted).toBe(3 * once.counted);
  expect(thrice.text.length).toBeGreaterThan(2.9 * once.text.length);
});

test('A response that becomes too large while it is made is one error', async () => {
  const { text, errors, counted } = await hundredEntries(500, 'active');
  expect([text, errors]).toEqual([
    'null',
    ['The response must have at most 500 bytes. Request fewer customers, promotions or fields.'],
  ]);
  expect(counted).toBeLessThan(600);
});
