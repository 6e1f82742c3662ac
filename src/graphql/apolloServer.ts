import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { Config } from '../config/config.ts';
import { completedResponses } from './completedResponses.ts';
import { maskErrors } from './errors/maskError.ts';
import { rethrowErrors } from './errors/refusedRequests.ts';
import { documentLimits, documentProblem, documentStore, validationRules } from './limits/documentLimits.ts';
import { costLimits, MAX_REFERENCES } from './limits/operationCost.ts';
import { execution } from './projection/execution.ts';
import type { ServerContext } from './resolverContext.ts';
import { buildGatewaySchema } from './schema.ts';
import { readManifest, trustedDocuments } from './trustedDocuments.ts';

/** Any client can register automatic persisted queries, so their size is bounded, each and in total. */
const PERSISTED_QUERIES_CHARACTERS = 8 * 1024 * 1024;
/** A longer query is executed but not stored, so its client sends it each time. */
const PERSISTED_QUERY_CHARACTERS = 8192;

/**
 * A page of another site can add none of these headers to a request without CORS: the gateway never asks a browser for
 * credentials, so a request that carries some was made by a client.
 */
export const HEADERS_OF_CLIENTS = [
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'authorization',
  'x-cap-api-oauth-token',
  'x-api-key',
] as const;

/** Errors get to `maskErrors`. Apollo Server's own lines have their messages, which may quote a client. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Most errors of an invalid document that are listed. */
const MAX_VALIDATION_ERRORS = 20;

/**
 * Apollo Server with the gateway's plugins, in the order in which they see a request.
 * @param sandbox whether upstream is the embedded sandbox, whose data everyone may read
 * @param onUnhandledError called with every error that is not in the catalogue: a defect of the gateway
 * @throws ConfigError for an invalid manifest of trusted documents
 */
export async function startApolloServer(
  { introspection, limits, persistedOperations }: Pick<Config, 'introspection' | 'limits' | 'persistedOperations'>,
  sandbox: boolean,
  onUnhandledError: (error: unknown) => void,
): Promise<ApolloServer<ServerContext>> {
  const { maxTokens, maxCustomers, maxResponseBytes } = limits;
  const schema = buildGatewaySchema();
  const problemOf = (text: string) => documentProblem(text, schema, { maxTokens, introspection });
  const documents = persistedOperations === undefined ? undefined : readManifest(persistedOperations, problemOf);
  const mask = maskErrors({ maxTokens, onUnhandledError });
  const responses = completedResponses({
    // Each customer and reference may have its error.
    maxErrors: Math.max(maxCustomers, MAX_REFERENCES),
    maxBytes: maxResponseBytes,
  });
  const apollo = new ApolloServer<ServerContext>({
    schema,
    // The gateway's own rule refuses introspection.
    introspection: true,
    validationRules: [...validationRules(introspection)],
    persistedQueries: {
      cache: new InMemoryLRUCache({ maxSize: PERSISTED_QUERIES_CHARACTERS, maxEntrySize: PERSISTED_QUERY_CHARACTERS }),
    },
    documentStore: documentStore(),
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens },
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS, hideSuggestions: !introspection },
    csrfPrevention: sandbox ? false : { requestHeaders: [...HEADERS_OF_CLIENTS] },
    stopOnTerminationSignals: false,
    logger: SILENT,
    stringifyResult: responses.stringify,
    formatError: mask,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      rethrowErrors,
      ...(documents === undefined ? [] : [trustedDocuments(documents)]),
      documentLimits,
      responses.plugin,
      costLimits(limits),
      execution(schema, mask),
    ],
  });
  await apollo.start();
  return apollo;
}
