import type { Cursors } from '../promotions/cursor.ts';
import type { CustomerLoader } from '../promotions/customerLoader.ts';
import type { DataScopes } from '../promotions/dataScopes.ts';
import type { PromotionsLoader } from '../promotions/promotionsLoader.ts';
import type { OperationRecord } from '../telemetry/operationRecord.ts';
import type { AnswerSize } from './execution/answerSize.ts';

/** What the resolvers of one operation share. It is made anew for each, and dies with it. */
export type GatewayContext = {
  readonly requestId: string;
  /** Turns what was asked into customers that this caller may ask for. */
  readonly customers: CustomerLoader;
  /** Turns what was asked into data scopes that this caller may name. */
  readonly dataScopes: DataScopes;
  /** Answers what is asked of them in the fewest upstream calls. */
  readonly promotions: PromotionsLoader;
  readonly cursors: Cursors;
  /** Most promotions that one list may be asked for. */
  readonly maxPromotions: number;
};

/** What the server's own plugins see beside what resolvers do. */
export type ServerContext = GatewayContext & {
  readonly record: OperationRecord;
  /** Whether this request may see what the gateway did for it. */
  readonly debug: boolean;
  /** Whether it is to be answered with a federated trace. */
  readonly traced: boolean;
  /** How large the answer may still become. */
  readonly answerSize: AnswerSize;
  /** The operation's coerced variables; undefined until then. */
  variables: Readonly<Record<string, unknown>> | undefined;
};
