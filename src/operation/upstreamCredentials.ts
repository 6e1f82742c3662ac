import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamAuth } from '../config/upstream.ts';
import type { KeyedHash } from '../model/keyedHash.ts';
import {
  type CredentialsSource,
  type MISSING_CREDENTIALS,
  noCredentials,
  ownAccount,
  ownBasicCredentials,
  passedThrough,
  rememberedIdentities,
} from '../upstream/credentials/credentials.ts';
import { OAuthCredentials, tokenEndpoint } from '../upstream/credentials/oauth.ts';
import type { Endpoint } from '../upstream/endpoint.ts';
import type { UpstreamEvents } from '../upstream/events.ts';

/** The upstream that is called: the real one, or the embedded sandbox, which needs no credentials. */
export type UpstreamAddress = { readonly url: string; readonly sandbox: boolean };

/** The credentials for the upstream calls of a request, by its headers. */
export type CredentialsPolicy = (headers: IncomingHttpHeaders) => CredentialsSource | typeof MISSING_CREDENTIALS;

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
        return () => none;
      }
      const identityOf = rememberedIdentities(hash);
      return (headers) => passedThrough(identityOf, credentialHeaders(headers));
    }
    case 'basic': {
      const own = ownBasicCredentials(hash, ownAccount(upstream.url, auth.username), auth.username, auth.password);
      return () => own;
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
      return () => own;
    }
  }
}

function credentialHeaders(headers: IncomingHttpHeaders) {
  const oauthToken = headers['x-cap-api-oauth-token'];
  return { authorization: headers.authorization, oauthToken: Array.isArray(oauthToken) ? undefined : oauthToken };
}
