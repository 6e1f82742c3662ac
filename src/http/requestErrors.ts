import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { responseTypeOf } from '../graphql/completedResponses.ts';
import { withRequestId } from '../graphql/errors/maskError.ts';
import { GatewayError, httpStatusOf } from '../model/errors.ts';
// What a request has of ours is declared there.
import type {} from '../operation/request.ts';
import { recordOutcome } from '../telemetry/operationRecord.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route expects as a body, if it is not a GraphQL request. It completes messages about a bad body. */
    bodyHint?: string;
  }
}

const GRAPHQL_HINT = 'Send a JSON object with a query.';

/** The messages for Fastify's errors about a body, by their codes. The others get the route's hint or the catalogue's message. */
const BODY_MESSAGES: Readonly<Record<string, (hint: string) => string>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: (hint) => `The request body is empty. ${hint}`,
  FST_ERR_CTP_INVALID_JSON_BODY: (hint) => `The request body is not valid JSON. ${hint}`,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => 'The Content-Type must be application/json.',
};

/** The catalogue's error for what Fastify or a hook threw; undefined if it is a defect of the gateway. */
export function requestErrorOf(error: FastifyError | GatewayError, request: FastifyRequest): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  if (error.statusCode === 413) return bodyTooLarge(request);
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    const { bodyHint } = request.routeOptions.config;
    const message = BODY_MESSAGES[error.code]?.(bodyHint ?? GRAPHQL_HINT) ?? bodyHint;
    return new GatewayError('BAD_REQUEST', message === undefined ? {} : { message });
  }
  return undefined;
}

/** The error of a body over the limit of its route. */
export function bodyTooLarge({ routeOptions: { bodyLimit: limit } }: FastifyRequest): GatewayError {
  return new GatewayError('BODY_TOO_LARGE', {
    message: `The request body must have at most ${limit} bytes.`,
    facts: { limit },
  });
}

/** Sends an error from outside GraphQL in the shape that GraphQL clients read. */
export function sendRequestError(error: GatewayError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  recordOutcome(request.record, error.code, error.cause);
  // Fastify would close the connection. What is not read of the body would make that a reset: the client may get no response,
  // and a proxy takes the instance for broken. Node reads and forgets the rest.
  reply.removeHeader('connection');
  if (error.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer realm="promotions"');
  if (error.code === 'UNSUPPORTED_ENCODING') reply.header('accept-encoding', 'gzip, br, deflate');
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  return reply
    .code(statusOf(error))
    .type(`${responseTypeOf(request.headers.accept)}; charset=utf-8`)
    .send(errorBody(error, request.id));
}

/**
 * Refuses all methods at a path except those that it accepts.
 * @param cors whether CORS is on: then its plugin responds to OPTIONS
 */
export function refuseOtherMethods(
  server: FastifyInstance,
  url: string,
  accepted: readonly ('GET' | 'POST')[],
  cors: boolean,
): void {
  const answered = new Set<string>([...accepted, ...(cors ? ['OPTIONS'] : [])]);
  const message = `${url} accepts only ${accepted.join(' and ')}.`;
  const refuse = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('allow', accepted.join(', '));
    return sendRequestError(new GatewayError('METHOD_NOT_ALLOWED', { message }), request, reply);
  };
  server.route({
    method: server.supportedMethods.filter((method) => !answered.has(method)) as HTTPMethods[],
    url,
    exposeHeadRoute: false,
    // Before the body is read: what it holds does not matter.
    onRequest: refuse,
    handler: refuse,
  });
}

/** UNAUTHENTICATED is an error of a field within an operation, without a status; here it refuses the whole request. */
function statusOf({ code }: GatewayError): number {
  return code === 'UNAUTHENTICATED' ? 401 : (httpStatusOf(code) ?? 500);
}

/** A body with the error as Apollo Server would send it, without `extensions.http`, which is not for the client. */
export function errorBody(
  { message, extensions: { http: _, ...extensions } }: GatewayError,
  requestId: string,
): string {
  return JSON.stringify({ errors: [withRequestId({ message, extensions }, requestId)] });
}
