import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamAuth } from '../config/upstream.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import {
  noCredentials,
  ownAccount,
  passedThrough,
  type RequestCredentials,
} from '../upstream/credentials/credentials.ts';
import { OAuthCredentials, tokenEndpoint } from '../upstream/credentials/oauth.ts';
import { OwnBasicCredentials } from '../upstream/credentials/ownBasic.ts';
import type { Endpoint } from '../upstream/endpoint.ts';
import type { UpstreamEvents } from '../upstream/events.ts';

/** The upstream that is called: the real one, or the embedded sandbox, which needs no credentials. */
export type UpstreamAddress = { readonly url: string; readonly sandbox: boolean };

/** The credentials for the upstream calls of a request, by its headers. */
export type CredentialsPolicy = {
  of(headers: IncomingHttpHeaders): RequestCredentials;
  /** Whether they are the caller's own. */
  readonly areCallersOwn: boolean;
};

/**
 * The gateway's own credentials, or the caller's passed through. The sandbox needs none.
 * @param tokens gives the token endpoint at a path of upstream
 */
export function credentialsPolicy(
  auth: UpstreamAuth,
  upstream: UpstreamAddress,
  hash: KeyedHash,
  tokens: (path: string) => Endpoint,
  events: Pick<UpstreamEvents, 'ownTokenRefused'>,
): CredentialsPolicy {
  switch (auth.kind) {
    case 'passthrough': {
      if (upstream.sandbox) {
        const none = noCredentials(hash);
        return { of: () => none, areCallersOwn: false };
      }
      return { of: (headers) => passedThrough(hash, credentialHeaders(headers)), areCallersOwn: true };
    }
    case 'basic': {
      const account = ownAccount(upstream.url, auth.username);
      const own = new OwnBasicCredentials(hash, account, auth.username, auth.password);
      return { of: () => own, areCallersOwn: false };
    }
    case 'oauth': {
      const { key, secret, path } = auth;
      const own = new OAuthCredentials({
        hash,
        key,
        account: ownAccount(upstream.url, key),
        fetchToken: tokenEndpoint(tokens(path), key, secret),
        onRefusal: events.ownTokenRefused,
      });
      return { of: () => own, areCallersOwn: false };
    }
  }
}

function credentialHeaders(headers: IncomingHttpHeaders) {
  const oauthToken = headers['x-cap-api-oauth-token'];
  return { authorization: headers.authorization, oauthToken: Array.isArray(oauthToken) ? undefined : oauthToken };
}
