import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { GraphQLSchema } from 'graphql';
import { answers } from './plugins/answers.ts';
import { queriesOnly } from './plugins/queriesOnly.ts';
import { refusedRequests } from './plugins/refusedRequest.ts';
import { noServiceSdl } from './plugins/serviceSdl.ts';
import { publicError } from './publicErrors.ts';
import type { ServerContext } from './serverContext.ts';

export type GraphQLServerOptions = {
  readonly schema: GraphQLSchema;
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
    schema: options.schema,
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
      answers,
      refusedRequests,
      ...options.plugins,
    ],
  });
}
