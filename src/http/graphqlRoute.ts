import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
  preHandlerHookHandler,
} from 'fastify';
import type { ServerContext } from '../graphql/resolverContext.ts';
import type { Authenticator } from '../model/caller.ts';
import { GatewayError } from '../model/errors.ts';
import { refuseOtherMethods } from './requestErrors.ts';
import { parseBodiesLate } from './wholeResponses.ts';

export const GRAPHQL = '/graphql';

export type GraphQLRouteOptions = {
  readonly apollo: ApolloServer<ServerContext>;
  readonly authenticate: Authenticator;
  readonly contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<ServerContext>;
  readonly corsOrigins: readonly string[];
};

/**
 * The API: GET and POST at /graphql, for authenticated callers.
 * @param admitted what comes after the authentication, and before the body is read
 * @param cached sends whole responses; undefined while the cache is off
 */
export async function serveGraphQL(
  server: FastifyInstance,
  options: GraphQLRouteOptions,
  admitted: readonly onRequestAsyncHookHandler[],
  cached: preHandlerHookHandler | undefined,
): Promise<void> {
  const { apollo, authenticate, contextOf, corsOrigins } = options;
  await server.register(async (scope) => {
    scope.route({
      method: ['GET', 'POST'],
      url: GRAPHQL,
      exposeHeadRoute: false,
      // Before the body is read: an unauthenticated caller cannot make the gateway parse anything.
      onRequest: [async (request) => identify(request, authenticate), ...admitted],
      preHandler: [...(cached ? [cached, parseBodiesLate(scope)] : []), async (request) => nameDocument(request)],
      handler: fastifyApolloHandler(apollo, { context: contextOf }),
    });
  });
  refuseOtherMethods(server, GRAPHQL, ['GET', 'POST'], corsOrigins.length > 0);
}

/** @throws what the authenticator says about a caller that is refused */
async function identify(request: FastifyRequest, authenticate: Authenticator): Promise<void> {
  const { headers, record } = request;
  const caller = await authenticate(headers);
  if (caller instanceof GatewayError) {
    record.cause = caller.cause;
    throw caller;
  }
  request.caller = caller;
  record.caller = caller.name;
  record.callerGroup = caller.group;
}

type Parameters = { query?: unknown; documentId?: unknown; extensions?: unknown };

/**
 * `documentId` names a persisted document in the GraphQL-over-HTTP specification. Apollo Server expects
 * `extensions.persistedQuery`, so it is passed on as that, without the specification's `sha256:` prefix.
 */
function nameDocument(request: FastifyRequest): void {
  const parameters = (request.method === 'GET' ? request.query : request.body) as Parameters | undefined | null;
  if (typeof parameters !== 'object' || parameters === null || typeof parameters.documentId !== 'string') return;
  if (parameters.query !== undefined || parameters.extensions !== undefined) return;
  const persistedQuery = { version: 1, sha256Hash: parameters.documentId.replace(/^sha256:/, '') };
  if (request.method === 'POST') {
    parameters.extensions = { persistedQuery };
    return;
  }
  const search = new URLSearchParams(request.query as Record<string, string>);
  search.set('extensions', JSON.stringify({ persistedQuery }));
  request.raw.url = `${GRAPHQL}?${search}`;
}
