import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { GraphQLSchema } from 'graphql';
import type { ServerContext } from './context.ts';
import { maskError } from './errors/maskError.ts';
import { explainValidationErrors } from './errors/validationErrors.ts';
import { MAX_REFERENCES } from './plugins/operationLimits.ts';
import { requestErrors } from './plugins/requestErrors.ts';
import { responses } from './plugins/responses.ts';
import { ResponseTexts } from './plugins/responseTexts.ts';
import { validationRules } from './validationRules.ts';

export type GraphQLServerOptions = {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly limits: { readonly maxTokens: number; readonly maxCustomers: number; readonly maxResponseBytes: number };
  readonly plugins: readonly ApolloServerPlugin<ServerContext>[];
  /** For Apollo Server's own log lines; unhandled errors go to `onUnhandledError`. */
  readonly logger: Record<'debug' | 'info' | 'warn' | 'error', (message?: unknown) => void>;
  /** Called with every error that is not in the catalogue: a defect of the gateway. */
  readonly onUnhandledError: (error: unknown) => void;
};

/** Any client can register automatic persisted queries, so their size is bounded, each and in total. */
const PERSISTED_QUERIES_CHARACTERS = 8 * 1024 * 1024;
/** A longer query is executed but not stored, so its client sends it each time. */
const PERSISTED_QUERY_CHARACTERS = 8192;

/** Most errors of an invalid document that are listed. */
const MAX_VALIDATION_ERRORS = 20;

export function createGraphQLServer(options: GraphQLServerOptions): ApolloServer<ServerContext> {
  const { introspection, limits, onUnhandledError } = options;
  const texts = new ResponseTexts(limits.maxResponseBytes);
  return new ApolloServer<ServerContext>({
    schema: options.schema,
    // The gateway's own rule refuses introspection.
    introspection: true,
    validationRules: [...validationRules(introspection)],
    persistedQueries: {
      cache: new InMemoryLRUCache({ maxSize: PERSISTED_QUERIES_CHARACTERS, maxEntrySize: PERSISTED_QUERY_CHARACTERS }),
    },
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: limits.maxTokens },
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS, hideSuggestions: !introspection },
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    logger: options.logger,
    stringifyResult: async (result) => texts.stringify(result),
    formatError: (formatted, error) => maskError(formatted, error, { maxTokens: limits.maxTokens, onUnhandledError }),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      explainValidationErrors,
      // Each customer and reference may have its error.
      responses(Math.max(limits.maxCustomers, MAX_REFERENCES)),
      requestErrors,
      ...options.plugins,
      texts.plugin,
    ],
  });
}
