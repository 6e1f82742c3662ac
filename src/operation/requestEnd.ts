import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request and its response. */
export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

/** What each connection calls back when it is closed. A connection may hold many requests, so it has one listener. */
const onClosed = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls back once, when the response is sent or the client has gone; at once if that was before.
 *
 * It listens to the connection too: the response of a request that waits behind another one in a pipeline has no connection
 * of its own yet, and some Node versions (22.19, 24.5) never close it if the client goes.
 */
export function onRequestEnd({ request: { socket }, response }: Exchange, callback: () => void): void {
  if (response.closed || socket.destroyed) {
    callback();
    return;
  }
  const callbacks = callbacksOf(socket);
  const end = () => {
    if (callbacks.delete(end)) callback();
  };
  callbacks.add(end);
  response.once('close', end);
}

function callbacksOf(socket: Socket): Set<() => void> {
  const known = onClosed.get(socket);
  if (known !== undefined) return known;
  const callbacks = new Set<() => void>();
  onClosed.set(socket, callbacks);
  socket.once('close', () => {
    for (const each of callbacks) each();
  });
  return callbacks;
}
