import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientControlPolicy } from '../config/cache.ts';
import type { DebugPolicy } from '../config/graphql.ts';
import type { UpstreamAuth } from '../config/upstream.ts';
import type { Caller } from '../model/caller.ts';
import { badUserInput } from '../model/errors.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import { type DataScope, dataScopeOf } from '../model/promotionsQuery.ts';
import type { OperationRecord, OperationTrace } from '../telemetry/operationRecord.ts';
import {
  noCredentials,
  OwnBasicCredentials,
  ownAccount,
  passedThrough,
  type RequestCredentials,
} from '../upstream/credentials/credentials.ts';
import { OAuthCredentials, tokenEndpoint } from '../upstream/credentials/oauth.ts';
import type { Endpoint } from '../upstream/endpoint.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined until the request is authenticated, and outside /graphql. */
    sender: Sender | undefined;
    record: OperationRecord;
    /** Undefined outside /graphql, and if tracing is off. */
    trace: OperationTrace | undefined;
  }
}

/** Who sent a request, and the credentials for its upstream calls. */
export type Sender = { readonly caller: Caller; readonly credentials: RequestCredentials };

/** @throws Error if the request was not authenticated: nothing may be read for it */
export function senderOf({ sender }: Pick<FastifyRequest, 'sender'>): Sender {
  if (sender === undefined) throw new Error('The request was not authenticated.');
  return sender;
}

/**
 * The data scope that a request's own `DATA-SCOPE` and `DATA-SCOPE-ORG` headers name, so that a router can forward them;
 * without them, the default.
 * @throws BAD_USER_INPUT for an invalid data scope.
 */
export function dataScopeOfRequest(headers: IncomingHttpHeaders, fallback: DataScope): DataScope {
  const scope = headers['data-scope'];
  const orgs = headers['data-scope-org'];
  if (scope === undefined && orgs === undefined) return fallback;
  if (typeof scope !== 'string' || Array.isArray(orgs)) {
    throw badUserInput('DATA-SCOPE-ORG requires exactly one DATA-SCOPE header.');
  }
  return dataScopeOf(
    scope.trim(),
    orgs === undefined || orgs.trim() === '' ? [] : orgs.split(',').map((id) => id.trim()),
  );
}

/** Whether a request asks for new pages with `Cache-Control: no-cache`, and the policy allows its caller to, by name or group. */
export function asksAnew({ name, group }: Caller, header: string | undefined, policy: ClientControlPolicy): boolean {
  const counts = policy.kind === 'all' || policy.callers.has(name) || policy.callers.has(group);
  return counts && header !== undefined && /(^|[\s,])no-cache\s*(,|$)/i.test(header);
}

/** Whether a request with these headers may debug. */
export type DebugPolicyCheck = (headers: IncomingHttpHeaders) => boolean;

/** Whether a request gets debug extensions: with an `x-gateway-debug` header, which must hold the token if one is set. */
export function debugAllowed(policy: DebugPolicy): DebugPolicyCheck {
  switch (policy.kind) {
    case 'off':
      return () => false;
    case 'anyone':
      return (headers) => headers['x-gateway-debug'] !== undefined;
    case 'token':
      return ({ 'x-gateway-debug': given }) => typeof given === 'string' && policy.token.matches(given);
  }
}

/** The upstream that is called: the real one, or the embedded sandbox, which needs no credentials. */
export type UpstreamAddress = { readonly url: string; readonly sandbox: boolean };

/** The credentials for the upstream calls of a request, by its headers. */
export type CredentialsPolicy = (headers: IncomingHttpHeaders) => RequestCredentials;

/**
 * The gateway's own credentials, or the caller's passed through. The sandbox needs none.
 * @param tokens gives the token endpoint at a path of upstream
 */
export function credentialsPolicy(
  auth: UpstreamAuth,
  upstream: UpstreamAddress,
  hash: KeyedHash,
  tokens: (path: string) => Endpoint,
): CredentialsPolicy {
  switch (auth.kind) {
    case 'passthrough': {
      const none = noCredentials(hash);
      return upstream.sandbox ? () => none : (headers) => passedThrough(hash, credentialHeaders(headers));
    }
    case 'basic': {
      const account = ownAccount(upstream.url, auth.username);
      const own = new OwnBasicCredentials(hash, account, auth.username, auth.password);
      return () => own;
    }
    case 'oauth': {
      const { key, secret, path } = auth;
      const own = new OAuthCredentials({
        hash,
        key,
        account: ownAccount(upstream.url, key),
        fetchToken: tokenEndpoint(tokens(path), key, secret),
      });
      return () => own;
    }
  }
}

function credentialHeaders(headers: IncomingHttpHeaders) {
  const oauthToken = headers['x-cap-api-oauth-token'];
  return { authorization: headers.authorization, oauthToken: Array.isArray(oauthToken) ? undefined : oauthToken };
}

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
