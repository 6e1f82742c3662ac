import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { GatewayError } from '../model/errors.ts';
import { type UnpackError, unpack } from '../upstream/transport.ts';
import { bodyTooLarge } from './requestErrors.ts';

/** What a route does with a JSON body before it reads it, in this order. */
export type BodyHooks = {
  /** The body becomes the text that was sent, without compression. */
  readonly unpackBody: preHandlerHookHandler;
  /** The text becomes what it says, with the errors of Fastify's own parser. */
  readonly parseBody: preHandlerHookHandler;
};

/**
 * JSON bodies reach this scope's routes as they were sent: small ones that become large are unpacked when their operation begins, and
 * not by thousands before any is counted. They have at most as many bytes as the route allows, packed and unpacked.
 */
export function acceptJson(scope: FastifyInstance): BodyHooks {
  scope.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  const parse = scope.getDefaultJsonParser('ignore', 'ignore');
  return {
    unpackBody(request, _reply, done) {
      if (Buffer.isBuffer(request.body)) request.body = textOf(request, request.body);
      done();
    },
    parseBody(request, _reply, done) {
      if (typeof request.body !== 'string') return done();
      parse(request, request.body, (error, body) => {
        request.body = body;
        done(error ?? undefined);
      });
    },
  };
}

/** @throws BODY_TOO_LARGE, UNSUPPORTED_ENCODING, or BAD_REQUEST for what is no text */
function textOf(request: FastifyRequest, body: Buffer): string {
  const { headers, routeOptions } = request;
  const encoding = headers['content-encoding'];
  const content = encoding === undefined ? body : unpack(body, encoding, routeOptions.bodyLimit);
  if (typeof content === 'string') throw unpackErrorOf(content, request);
  if (!isUtf8(content)) throw new GatewayError('BAD_REQUEST', { message: 'The request body must be text in UTF-8.' });
  return content.toString();
}

function unpackErrorOf(error: UnpackError, request: FastifyRequest): GatewayError {
  switch (error) {
    case 'too large':
      return bodyTooLarge(request);
    case 'unknown encoding':
      return new GatewayError('UNSUPPORTED_ENCODING');
    case 'not unpackable':
      return new GatewayError('BAD_REQUEST', {
        message: 'The request body is not compressed as its Content-Encoding says.',
      });
  }
}
