import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { type ErrorCode, GatewayError } from '../model/errors.ts';
import type { ServerContext } from './operationContext.ts';
import { answerStatus } from './plugins/answerStatus.ts';
import { requestIds } from './plugins/requestIds.ts';

export type GraphQLServerOptions = {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly production: boolean;
  readonly limits: { readonly maxTokens: number; readonly maxErrors: number };
  readonly plugins: readonly ApolloServerPlugin<ServerContext>[];
  /** Told of every error that is not in the catalogue: a defect of the gateway. */
  readonly onDefect: (error: unknown) => void;
};

export function createGraphQLServer(options: GraphQLServerOptions): ApolloServer<ServerContext> {
  return new ApolloServer<ServerContext>({
    schema: options.schema,
    introspection: options.introspection,
    hideSchemaDetailsFromClientErrors: options.production,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: options.limits.maxTokens },
    validationOptions: { maxErrors: options.limits.maxErrors },
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    stringifyResult: async (value) => JSON.stringify(value),
    formatError: (formatted, error) => publicError(formatted, error, options.onDefect),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      requestIds,
      answerStatus,
      ...options.plugins,
    ],
  });
}

/** What may leave: the catalogue's errors and GraphQL's own; anything else becomes INTERNAL_SERVER_ERROR. */
function publicError(
  formatted: GraphQLFormattedError,
  error: unknown,
  onDefect: (error: unknown) => void,
): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  if (isTooManyTokens(cause)) return refusalOf('OPERATION_TOO_LARGE', formatted);
  if (cause instanceof GatewayError || cause instanceof GraphQLError) return formatted;
  onDefect(cause);
  return refusalOf('INTERNAL_SERVER_ERROR', formatted);
}

function refusalOf(code: ErrorCode, formatted: GraphQLFormattedError): GraphQLFormattedError {
  return { ...formatted, message: new GatewayError(code).message, extensions: { code } };
}

/** graphql-js gives this error no mark but its words. */
function isTooManyTokens(error: unknown): boolean {
  return error instanceof GraphQLError && /^Syntax Error: Document contains more than \d+ tokens/.test(error.message);
}
