import type { FastifyReply } from 'fastify';
import { GatewayError } from '../model/errors.ts';

/** Why nothing waits for an answer any more: the client is gone, so nobody will read this error. */
export class ClientGone extends Error {}

/**
 * Aborted when the client goes away before its answer is sent, and when the operation's deadline passes, then with
 * UPSTREAM_TIMEOUT. (Fastify's own `request.signal` ends as soon as a body is read.)
 */
export function operationSignal(reply: FastifyReply, deadlineMs: number): AbortSignal {
  const controller = new AbortController();
  const deadline = setTimeout(() => controller.abort(new GatewayError('UPSTREAM_TIMEOUT')), deadlineMs);
  reply.raw.once('close', () => {
    clearTimeout(deadline);
    if (!reply.raw.writableFinished) controller.abort(new ClientGone('The client went away.'));
  });
  return controller.signal;
}
