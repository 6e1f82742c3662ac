import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { GatewayError } from '../model/errors.ts';
import { type UnpackError, unpack } from '../upstream/transport.ts';
import { bodyTooLarge } from './requestErrors.ts';

type Done = (error: Error | null, body?: unknown) => void;

/** Gives a body to its request: the text that was sent, without compression, becomes what the route reads. */
export type BodyReader = (request: FastifyRequest, text: string, done: Done) => void;

/** JSON bodies reach `read` unpacked, and have at most as many bytes as the route allows, packed and unpacked. */
export function acceptJson(server: FastifyInstance, read: BodyReader): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const encoding = request.headers['content-encoding'];
    const readText = (sent: Buffer) =>
      isUtf8(sent)
        ? read(request, sent.toString(), done)
        : done(new GatewayError('BAD_REQUEST', { message: NOT_UTF8 }));
    if (encoding === undefined) return readText(body);
    unpacked(request, body, encoding).then(readText, done);
  });
}

const NOT_UTF8 = 'The request body must be text in UTF-8.';

let turn: Promise<void> = Promise.resolve();

/** One body in each turn of the event loop: thousands that are small and become large hold up no other request. */
async function unpacked(request: FastifyRequest, body: Buffer, encoding: string): Promise<Buffer> {
  turn = turn.then(() => setImmediate());
  await turn;
  const content = unpack(body, encoding, request.routeOptions.bodyLimit);
  if (typeof content === 'string') throw unpackErrorOf(content, request);
  return content;
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

/** Parses bodies at once, with the errors of Fastify's own parser. */
export function jsonReader(server: FastifyInstance): BodyReader {
  return server.getDefaultJsonParser('ignore', 'ignore');
}

/**
 * JSON bodies of this scope arrive as text, since a request that gets a cached response is only compared with earlier ones.
 * Returns the hook that parses them.
 */
export function parseBodiesLate(scope: FastifyInstance): preHandlerHookHandler {
  const parse = jsonReader(scope);
  acceptJson(scope, (_request, text, done) => done(null, text));
  return (request, _reply, done) => {
    if (typeof request.body !== 'string') return done();
    parse(request, request.body, (error, body) => {
      request.body = body;
      done(error ?? undefined);
    });
  };
}
