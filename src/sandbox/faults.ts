import type { FastifyReply } from 'fastify';
import type { Fault } from './customers.ts';
import { errorBody, type SandboxResponse } from './pageResponse.ts';

const SLOW_MS = 30_000;

/** Sends a response with its fault applied. */
export function misbehave(fault: Fault, { status, body }: SandboxResponse, reply: FastifyReply): void {
  switch (fault) {
    case 'rate-limited':
      reply
        .code(429)
        .header('retry-after', '1')
        .send(errorBody({ code: 429, message: 'Too many requests' }));
      break;
    case 'failing':
      reply.code(500).type('text/plain').send('Internal Server Error');
      break;
    case 'slow': {
      const timer = setTimeout(() => reply.code(status).send(body), SLOW_MS);
      // Also when the sandbox closes, so that the timer does not keep the process alive.
      reply.raw.once('close', () => clearTimeout(timer));
      break;
    }
    case 'broken':
      cutInTheMiddle(JSON.stringify(body), reply);
      break;
    case 'not-json':
      reply.type('text/html').send('<!doctype html><title>Maintenance</title><h1>Back soon</h1>');
      break;
    case 'error-in-200':
      reply.send(errorBody({ code: 1000, message: 'Request refused' }));
      break;
  }
}

function cutInTheMiddle(text: string, reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  reply.raw.write(text.slice(0, text.length / 2), () => reply.raw.destroy());
}
