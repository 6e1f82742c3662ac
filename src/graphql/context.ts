import type { Cursors } from '../promotions/cursor.ts';
import type { CustomerLoader } from '../promotions/customerLoader.ts';
import type { DataScopes } from '../promotions/dataScopes.ts';
import type { PromotionsLoader } from '../promotions/promotionsLoader.ts';
import type { OperationRecord } from '../telemetry/operationRecord.ts';
import type { AnswerSize } from './execution/answerSize.ts';

/** What the resolvers of one operation share. Each operation has its own. */
export type GatewayContext = {
  readonly requestId: string;
  /** Turns identifiers of the operation into customers that this caller may read. */
  readonly customers: CustomerLoader;
  /** Turns arguments and headers into data scopes that this caller may read. */
  readonly dataScopes: DataScopes;
  /** Loads pages in the fewest upstream calls. */
  readonly promotions: PromotionsLoader;
  readonly cursors: Cursors;
  /** The maximum of `limit` and `first`. */
  readonly maxPromotions: number;
};

/** The context of the server's own plugins: the resolvers' and more. */
export type ServerContext = GatewayContext & {
  readonly record: OperationRecord;
  /** Whether the response carries debug extensions. */
  readonly debug: boolean;
  /** Whether the response carries a federated trace. */
  readonly traced: boolean;
  /** How large the response may still become. */
  readonly answerSize: AnswerSize;
  /** The operation's coerced variables; undefined until then. */
  variables: Readonly<Record<string, unknown>> | undefined;
};
