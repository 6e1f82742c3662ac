import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { GraphQLSchema } from 'graphql';
import type { ServerContext } from './context.ts';
import { requestErrors } from './plugins/requestErrors.ts';
import { responses } from './plugins/responses.ts';
import { maskError } from './publicErrors.ts';
import { noServiceSdl, queriesOnly } from './validationRules.ts';

export type GraphQLServerOptions = {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** Where automatic persisted queries are kept. */
  readonly persistedQueries: KeyValueCache;
  readonly production: boolean;
  readonly limits: { readonly maxTokens: number; readonly maxErrors: number };
  readonly plugins: readonly ApolloServerPlugin<ServerContext>[];
  /** For Apollo Server's own remarks; defects come through `onUnhandledError`. */
  readonly logger: Record<'debug' | 'info' | 'warn' | 'error', (message?: unknown) => void>;
  /** Told of every error that is not in the catalogue: a defect of the gateway. */
  readonly onUnhandledError: (error: unknown) => void;
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
    formatError: (formatted, error) => maskError(formatted, error, options.onUnhandledError),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      responses,
      requestErrors,
      ...options.plugins,
    ],
  });
}
