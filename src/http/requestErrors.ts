import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { withRequestId } from '../graphql/publicErrors/maskError.ts';
import { GatewayError, httpStatusOf } from '../model/errors.ts';

/** The catalogue's error for what went wrong outside GraphQL; undefined where it is a defect of the gateway. */
export function requestErrorOf(error: FastifyError | GatewayError): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  if (error.statusCode === 413) return new GatewayError('BODY_TOO_LARGE');
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return new GatewayError('BAD_REQUEST');
  return undefined;
}

/** Answers with an error from outside GraphQL, in the shape that GraphQL clients read. */
export function sendRequestError(error: GatewayError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  return reply
    .code(httpStatusOf(error.code) ?? 500)
    .type('application/json; charset=utf-8')
    .send({ errors: [publicShape(error, request)] });
}

/** As Apollo Server would send it: what says the HTTP status is not for the client. */
function publicShape({ message, extensions: { http: _, ...extensions } }: GatewayError, { id }: FastifyRequest) {
  return withRequestId({ message, extensions }, id);
}

/**
 * Answers an operation as a whole with one error: nothing of it was executed. Routers take a GraphQL answer with HTTP 200
 * as it is, and turn a 4xx into further errors.
 */
export function sendUnexecuted(error: GatewayError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const accept = request.headers.accept ?? '';
  const type = accept.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json';
  return reply
    .code(200)
    .type(`${type}; charset=utf-8`)
    .send(JSON.stringify({ data: null, errors: [publicShape(error, request)] }));
}

/**
 * What Apollo Server refuses before it has looked for an operation (a batch, a simple request of another site's page, no
 * query) passes none of its plugins: here it gets the request id as every other error has it, and is noted.
 */
export function completeRequestErrors(server: FastifyInstance): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode !== 400 || typeof payload !== 'string' || payload.includes('"requestId"')) {
      return done(null, payload);
    }
    const answer = JSON.parse(payload) as { readonly errors?: readonly GraphQLFormattedError[] };
    const errors = answer.errors?.map((error) => withRequestId(error, request.id));
    request.record.outcome = String(answer.errors?.[0]?.extensions?.code);
    reply.removeHeader('content-length');
    return done(null, JSON.stringify({ ...answer, errors }));
  });
}
