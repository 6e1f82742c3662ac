import type { GatewayContext } from '../graphql/context.ts';
import type { OperationRecord } from './telemetry/operation.ts';

/** What the server's own plugins see beside what resolvers do. */
export type ServerContext = GatewayContext & {
  readonly record: OperationRecord;
  /** Whether this request may see what the gateway did for it. */
  readonly debug: boolean;
  /** Whether it is to be answered with a federated trace. */
  readonly traced: boolean;
  /** The operation's variables once they are coerced, undefined where they do not fit. */
  variables: Readonly<Record<string, unknown>> | undefined;
};
