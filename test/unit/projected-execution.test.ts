import fc from 'fast-check';
import { type ExecutionResult, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { coerceVariables } from '../../src/graphql/coercedVariables.ts';
import { ResponseSize } from '../../src/graphql/completedResponses.ts';
import { executorOf, operationExecutor } from '../../src/graphql/projection/execution.ts';
import type { ServerContext } from '../../src/graphql/resolverContext.ts';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
import { badUserInput, GatewayError } from '../../src/model/errors.ts';
import { CUSTOMERS, type GeneratedOperation, OperationWriter } from '../support/documents.ts';
import { generatedPage } from './support/generatedPages.ts';

const SCHEMA = buildGatewaySchema();
const byGraphqlJs = executorOf(SCHEMA);
const projected = operationExecutor(SCHEMA);

/** Members that only a projected value has. */
const PROJECTED = /"(pageSize|totalEntries|totalCount|kpi|unlimited|earn|active|metadata|hasNextPage)"/;

type Pages = ReadonlyMap<string, unknown>;

/** The context of the resolvers: allowed and forbidden customers, and lists that succeed or fail. */
function contextWith(pages: Pages, maxBytes = 10_000_000): ServerContext {
  const lookUp = (value: string) => {
    if (value === 'denied') throw new GatewayError('FORBIDDEN');
    return { identifier: { name: 'ID', reveal: () => value }, source: 'ALL' };
  };
  type Asked = ReturnType<typeof lookUp>;
  const page = async ({ identifier }: Asked) => {
    if (identifier.reveal() === 'broken') throw new GatewayError('UPSTREAM_UNAVAILABLE');
    return pages.get(identifier.reveal());
  };
  const context = {
    customers: {
      one: ({ value }: { value: string }) => lookUp(value),
      many: (identifiers: readonly { value: string }[]) => identifiers.map(async ({ value }) => lookUp(value)),
      represented: ({ identifier }: { identifier: { value: string } }) => lookUp(identifier.value),
      idOf: ({ identifier }: Asked) => `opaque id of ${identifier.reveal()}`,
    },
    promotions: {
      customerId: async ({ identifier }: Asked) => `id of ${identifier.reveal()}`,
      page,
      maxPromotions: 1000,
    },
    dataScopes: { ofList: () => ({ scope: 'UNSET' }) },
    cursors: {
      ofList: () => (offset: number) => `cursor ${offset}`,
      offsetOf: () => {
        throw badUserInput('The cursor is broken.');
      },
    },
    maxPromotions: 1000,
    responseSize: new ResponseSize(maxBytes, () => {}),
  };
  return context as unknown as ServerContext;
}

async function execute(executor: typeof projected, { query, variables }: GeneratedOperation, pages: Pages) {
  const document = parse(query);
  const [operation] = document.definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('no operation');
  const coerced = coerceVariables(SCHEMA, operation, variables);
  const twice = { document, operationName: 'Generated', variables: coerced };
  // The cached parts of a document must not change its response.
  await executor({ ...twice, context: contextWith(pages) });
  return textOf(await executor({ ...twice, context: contextWith(pages) }));
}

/** The whole response, with sorted errors, since their order depends on timing. */
function textOf({ data, errors = [] }: ExecutionResult): string {
  const sorted = errors.map((error) => JSON.stringify(error)).sort();
  return JSON.stringify({ data, errors: sorted });
}

test("A projected response is exactly graphql-js's response, for any valid operation", async () => {
  let projections = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.array(generatedPage(), { minLength: 2, maxLength: 2 }), async (g, lists) => {
      const operation = new OperationWriter(SCHEMA, g).write();
      expect(validate(SCHEMA, parse(operation.query)).map(({ message }) => message)).toEqual([]);
      const pages = new Map(CUSTOMERS.map((value, index) => [value, lists[index % lists.length]]));
      const expected = await execute(byGraphqlJs, operation, pages);
      expect(await execute(projected, operation, pages)).toBe(expected);
      if (PROJECTED.test(expected)) projections++;
    }),
    { numRuns: 100, seed: 20_261_126, endOnFailure: true },
  );
  expect(projections).toBeGreaterThan(30);
});
