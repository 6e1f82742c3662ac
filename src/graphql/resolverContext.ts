import type { Customers, DataScopes } from '../promotions/access.ts';
import type { Cursors } from '../promotions/cursor.ts';
import type { PromotionsLoader } from '../promotions/promotionsLoader.ts';
import type { OperationRecord } from '../telemetry/operationRecord.ts';
import type { ResponseSize } from './completedResponses.ts';
import type { ProjectedValues } from './projection/execution.ts';

/** What the resolvers of one operation share. Each operation has its own. */
export type GatewayContext = {
  /** Turns identifiers of the operation into customers that this caller may read. */
  readonly customers: Customers;
  /** Turns arguments and headers into data scopes that this caller may read. */
  readonly dataScopes: DataScopes;
  /** Loads pages in the fewest upstream calls. */
  readonly promotions: PromotionsLoader;
  readonly cursors: Cursors;
  /** The maximum of `limit` and `first`. */
  readonly maxPromotions: number;
};

/** The context of the plugins: the resolvers' context and what only plugins need. */
export type ServerContext = GatewayContext & {
  readonly record: OperationRecord;
  /** Whether the response carries debug extensions. */
  readonly debug: boolean;
  /** The number of bytes that the response may still grow by. */
  readonly responseSize: ResponseSize;
  readonly projected: ProjectedValues;
};
