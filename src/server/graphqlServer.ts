import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { type Execute, interpreter } from '../graphql/executor.ts';
import { type ErrorCode, GatewayError } from '../model/errors.ts';
import { ClientGone } from './operationSignal.ts';
import { answerStatus } from './plugins/answerStatus.ts';
import { queriesOnly } from './plugins/queriesOnly.ts';
import { refusedRequests } from './plugins/refusedRequest.ts';
import { requestIds } from './plugins/requestIds.ts';
import { noServiceSdl } from './plugins/serviceSdl.ts';
import { withoutValues } from './publicMessage.ts';
import type { ServerContext } from './serverContext.ts';

export type GraphQLServerOptions = {
  /** What documents are validated against, and traced operations are executed with. */
  readonly schema: GraphQLSchema;
  /** Executes all others; it has a schema of its own. */
  readonly execute: Execute;
  readonly introspection: boolean;
  /** Where automatic persisted queries are kept. */
  readonly persistedQueries: KeyValueCache;
  readonly production: boolean;
  readonly limits: { readonly maxTokens: number; readonly maxErrors: number };
  readonly plugins: readonly ApolloServerPlugin<ServerContext>[];
  /** For Apollo Server's own remarks; defects come through `onDefect`. */
  readonly logger: Record<'debug' | 'info' | 'warn' | 'error', (message?: unknown) => void>;
  /** Told of every error that is not in the catalogue: a defect of the gateway. */
  readonly onDefect: (error: unknown) => void;
};

export function createGraphQLServer(options: GraphQLServerOptions): ApolloServer<ServerContext> {
  return new ApolloServer<ServerContext>({
    gateway: executedBy(options.schema, options.execute),
    introspection: options.introspection,
    validationRules: options.introspection ? [queriesOnly] : [queriesOnly, noServiceSdl],
    persistedQueries: { cache: options.persistedQueries },
    hideSchemaDetailsFromClientErrors: options.production,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: options.limits.maxTokens },
    validationOptions: { maxErrors: options.limits.maxErrors },
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    logger: options.logger,
    stringifyResult: async (value) => JSON.stringify(value),
    formatError: (formatted, error) => publicError(formatted, error, options.onDefect),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      requestIds,
      answerStatus,
      refusedRequests,
      ...options.plugins,
    ],
  });
}

/** Apollo Server leaves the execution to what it calls a gateway: the one way to bring an executor of one's own. */
function executedBy(schema: GraphQLSchema, execute: Execute): GatewayInterface {
  const trace = interpreter(schema);
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    async load() {
      return {
        executor: async ({ document, request, queryHash, context }) => {
          const serverContext = context as ServerContext;
          // Tracing wraps every resolver of Apollo Server's own schema, and for good: nobody else pays for that.
          return (serverContext.traced ? trace : execute)({
            documentHash: queryHash,
            document,
            operationName: request.operationName,
            variables: request.variables,
            context: serverContext,
          });
        },
      };
    },
    async stop() {},
  };
}

/** What may leave: the catalogue's errors and GraphQL's own; anything else becomes INTERNAL_SERVER_ERROR. */
function publicError(
  formatted: GraphQLFormattedError,
  error: unknown,
  onDefect: (error: unknown) => void,
): GraphQLFormattedError {
  const cause = causeOf(error);
  if (isTooManyTokens(cause)) return refusalOf('OPERATION_TOO_LARGE', formatted);
  if (cause instanceof GatewayError) return formatted;
  if (isWrongHash(cause)) return { ...formatted, extensions: { code: 'BAD_REQUEST' } };
  if (cause instanceof GraphQLError) return { ...formatted, message: withoutValues(formatted.message) };
  if (!(cause instanceof ClientGone)) onDefect(cause);
  return refusalOf('INTERNAL_SERVER_ERROR', formatted);
}

/** What was thrown in the first place: graphql-js and Apollo Server wrap it once or twice. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

function refusalOf(code: ErrorCode, formatted: GraphQLFormattedError): GraphQLFormattedError {
  return { ...formatted, message: new GatewayError(code).message, extensions: { code } };
}

/** graphql-js gives this error no mark but its words. */
function isTooManyTokens(error: unknown): boolean {
  return (
    error instanceof GraphQLError && /^Syntax Error: Document contains more tha[nt] \d+ tokens/.test(error.message)
  );
}

/** Apollo Server gives this one no code, and so it would pass for a failure of the gateway. */
function isWrongHash(error: unknown): boolean {
  return error instanceof GraphQLError && error.message === 'provided sha does not match query';
}
