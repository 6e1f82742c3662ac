import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { GatewayContext } from '../graphql/context.ts';
import { GatewayError, httpStatusOf } from '../model/errors.ts';
import { requestIdOf } from './requestId.ts';

export type HttpServerOptions = {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<GatewayContext>;
  readonly bodyLimit: number;
};

/** The HTTP edge: the API at /graphql, /healthz (alive) and /readyz (may take traffic). */
export function createHttpServer({ apollo, contextOf, bodyLimit }: HttpServerOptions): FastifyInstance {
  const server = Fastify({
    bodyLimit,
    forceCloseConnections: 'idle',
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
  });

  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  server.setErrorHandler((error: FastifyError, request, reply) => sendError(refusalOf(error), request, reply));
  server.setNotFoundHandler((request, reply) => sendError(new GatewayError('NOT_FOUND'), request, reply));

  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async () => ({ status: 'ready' }));
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: fastifyApolloHandler(apollo, { context: contextOf }),
  });
  return server;
}

function refusalOf(error: FastifyError): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error.statusCode === 413) return new GatewayError('BODY_TOO_LARGE');
  if (error.statusCode !== undefined && error.statusCode < 500) return new GatewayError('BAD_REQUEST');
  return new GatewayError('INTERNAL_SERVER_ERROR');
}

/** A refusal from outside GraphQL, in the shape that GraphQL clients read. */
function sendError(error: GatewayError, request: FastifyRequest, reply: FastifyReply) {
  const { http: _, ...extensions } = error.extensions;
  return reply
    .code(httpStatusOf(error.code) ?? 500)
    .send({ errors: [{ message: error.message, extensions: { ...extensions, requestId: request.id } }] });
}
