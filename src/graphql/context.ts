import type { CustomerLoader } from '../promotions/customerLoader.ts';
import type { PromotionsLoader } from '../promotions/promotionsLoader.ts';
import type { OperationRecord } from '../telemetry/operationRecord.ts';
import type { AnswerSize } from './execution/answerSize.ts';

/** What the resolvers of one operation share. It is made anew for each, and dies with it. */
export type GatewayContext = {
  readonly requestId: string;
  /** Turns what was asked into authorised questions. */
  readonly customers: CustomerLoader;
  /** Answers them in the fewest upstream calls. */
  readonly promotions: PromotionsLoader;
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
