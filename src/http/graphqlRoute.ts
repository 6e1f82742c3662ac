import { type ApolloServer, HeaderMap } from '@apollo/server';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestAsyncHookHandler,
  preHandlerHookHandler,
  RouteHandlerMethod,
} from 'fastify';
import { HEADERS_OF_CLIENTS } from '../graphql/apolloServer.ts';
import { isObject } from '../graphql/coercedVariables.ts';
import type { ServerContext } from '../graphql/resolverContext.ts';
import { withoutPrefix } from '../graphql/trustedDocuments.ts';
import type { Authenticator } from '../model/caller.ts';
import { GatewayError } from '../model/errors.ts';
import type { CredentialsPolicy } from '../operation/request.ts';
import { MISSING_CREDENTIALS } from '../upstream/credentials/credentials.ts';
import { acceptJson } from './jsonBodies.ts';
import { refuseOtherMethods } from './requestErrors.ts';

/** The path of operations. */
export const GRAPHQL = '/graphql';

export type GraphQLRouteOptions = {
  readonly apollo: ApolloServer<ServerContext>;
  readonly authenticate: Authenticator;
  readonly credentialsPolicy: CredentialsPolicy;
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
  const { corsOrigins } = options;
  await server.register(async (scope) => {
    const { unpackBody, parseBody } = acceptJson(scope);
    scope.route({
      method: ['GET', 'POST'],
      url: GRAPHQL,
      exposeHeadRoute: false,
      // Before the body is read: an unauthenticated caller cannot make the gateway parse anything.
      onRequest: [
        async (request) => refuseOtherSites(request, corsOrigins),
        async (request) => identify(request, options),
        ...admitted,
      ],
      // A request that gets a cached response is only compared with earlier ones.
      preHandler: [unpackBody, ...(cached ? [cached] : []), parseBody],
      handler: execute(options),
    });
  });
  refuseOtherMethods(server, GRAPHQL, ['GET', 'POST'], corsOrigins.length > 0);
}

/** Sends a page to browsers at /graphql, before operations are counted and callers authenticated. */
export function answerBrowsers(server: FastifyInstance, send: (reply: FastifyReply) => FastifyReply): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (wantsPage(request)) send(reply);
    else done();
  });
}

/** Whether a browser requests a page, and not a client a GraphQL response. The page itself reads the query string. */
function wantsPage({ method, headers: { accept = '' }, url }: FastifyRequest): boolean {
  return method === 'GET' && /^\/graphql(\?|$)/.test(url) && accept.includes('text/html') && !accept.includes('json');
}

/**
 * A browser says that a page of another site sends the request.
 * @param allowed the origins of other sites whose pages may call
 * @throws BAD_REQUEST for all others, whatever the request carries
 */
function refuseOtherSites({ headers }: FastifyRequest, allowed: readonly string[]): void {
  const { origin = '', 'sec-fetch-site': site } = headers;
  if (site !== 'cross-site' || allowed.includes(origin)) return;
  throw new GatewayError('BAD_REQUEST', {
    message: 'A page of another site may call only from an origin in CORS_ORIGINS.',
  });
}

/** @throws what the authenticator says about a caller that is refused */
async function identify(
  request: FastifyRequest,
  { authenticate, credentialsPolicy }: GraphQLRouteOptions,
): Promise<void> {
  const { headers, record } = request;
  const credentials = credentialsPolicy(headers);
  const bringsCredentials = credentials !== MISSING_CREDENTIALS && !credentials.areOwn;
  const caller = await authenticate(headers, bringsCredentials);
  request.sender = { caller, credentials };
  record.caller = caller.name;
  record.callerGroup = caller.group;
}

/** Executes a request. Of a URL, only the query of a GET counts: what a client sends as a host is never read. */
function execute({ apollo, contextOf }: GraphQLRouteOptions): RouteHandlerMethod {
  return async (request, reply) => {
    const { method, body, url } = request;
    const isPost = method === 'POST';
    const {
      status,
      headers,
      body: response,
    } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method,
        headers: headerMapOf(request),
        search: isPost ? '' : searchOf(url),
        body: isPost && isObject(body) ? named(body) : body,
      },
      context: () => contextOf(request, reply),
    });
    if (response.kind !== 'complete') throw new Error('No operation is answered in parts.');
    return reply
      .code(status ?? 200)
      .headers(Object.fromEntries(headers))
      .send(response.string);
  };
}

/** The headers of a request that Apollo Server and its plugins read. They get no others. */
const READ_HEADERS = ['accept', 'content-type', ...HEADERS_OF_CLIENTS] as const;

function headerMapOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const name of READ_HEADERS) {
    const value = headers[name];
    if (value) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

/** Parameters of a GET that hold JSON. */
const JSON_PARAMETERS = ['variables', 'extensions'] as const;

/** The query of a URL without parameters that are empty or null, which count as absent, and with its document named. */
function searchOf(url: string): string {
  const sent = [...new URLSearchParams(/\?(.*)/s.exec(url)?.[1])];
  const isAbsent = (name: string, value: string) =>
    value === '' || (value === 'null' && JSON_PARAMETERS.some((each) => each === name));
  const parameters = new URLSearchParams(sent.filter(([name, value]) => !isAbsent(name, value)));
  const [id, ...otherIds] = parameters.getAll('documentId');
  if (id === undefined || otherIds.length > 0 || parameters.has('query')) return parameters.toString();
  const sentExtensions = jsonIn(parameters.get('extensions'));
  const { extensions } = named({ documentId: id, extensions: sentExtensions });
  if (extensions !== sentExtensions) parameters.set('extensions', JSON.stringify(extensions));
  return parameters.toString();
}

type Members = Readonly<Record<string, unknown>>;

/**
 * `documentId` names a persisted document in the GraphQL-over-HTTP specification. Apollo Server expects
 * `extensions.persistedQuery` with the document's SHA-256, so it is passed on as that, and as it was sent. Nothing reads another
 * extension. A member that is null is absent.
 */
function named(request: Members): Members {
  const { documentId, query, extensions } = request;
  if (typeof documentId !== 'string' || (query ?? undefined) !== undefined) return request;
  const others = extensions ?? {};
  if (!isObject(others) || (others.persistedQuery ?? undefined) !== undefined) return request;
  const persistedQuery = { version: 1, sha256Hash: withoutPrefix(documentId), documentId };
  return { ...request, extensions: { persistedQuery } };
}

/** The value in a parameter; a text that is no JSON stays a text. */
function jsonIn(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
