import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';

/** A request whose response is not sent yet, and what it calls back then. */
type OpenRequest = { readonly response: ServerResponse; readonly callbacks: (() => void)[] };

/**
 * The open requests of each connection. A connection may hold many, so it has one listener. They are in an array, since the
 * old tables of a Set refer to the newer ones, and would keep all that was ever in it until a full garbage collection.
 */
const openRequests = new WeakMap<Socket, OpenRequest[]>();

/**
 * Calls back once, when the response is sent or the client has gone; at once if that was before.
 *
 * It listens to the connection too: the response of a request that waits behind another one in a pipeline has no connection
 * of its own yet, and some Node versions (22.19, 24.5) never close it if the client goes.
 */
export function onRequestEnd({ request, raw: response }: FastifyReply, callback: () => void): void {
  const { socket } = request.raw;
  if (response.closed || socket.destroyed) {
    callback();
    return;
  }
  const open = openOn(socket);
  const known = open.findLast((each) => each.response === response);
  if (known !== undefined) {
    known.callbacks.push(callback);
    return;
  }
  const opened: OpenRequest = { response, callbacks: [callback] };
  open.push(opened);
  response.once('close', () => {
    const at = open.indexOf(opened);
    if (at !== -1) end(open.splice(at, 1));
  });
}

function openOn(socket: Socket): OpenRequest[] {
  const known = openRequests.get(socket);
  if (known !== undefined) return known;
  const open: OpenRequest[] = [];
  openRequests.set(socket, open);
  socket.once('close', () => end(open.splice(0)));
  return open;
}

function end(requests: readonly OpenRequest[]): void {
  for (const { callbacks } of requests) for (const callback of callbacks) callback();
}
