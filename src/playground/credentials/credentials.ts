import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { PlaygroundFacts } from '../../http/playgroundPage.ts';

/** The fields of the credentials panel. An empty one is not sent. */
export type Credentials = {
  readonly user: string;
  readonly password: string;
  readonly oauthToken: string;
  readonly apiKey: string;
  readonly bearerToken: string;
  readonly dataScope: '' | 'SELF' | 'OTHER' | 'ALL';
  readonly orgIds: string;
  readonly debugToken: string;
};

export const NO_CREDENTIALS: Credentials = {
  user: '',
  password: '',
  oauthToken: '',
  apiKey: '',
  bearerToken: '',
  dataScope: '',
  orgIds: '',
  debugToken: '',
};

/** Which credentials a gateway accepts. Every gateway accepts a data scope. */
export type Accepted = {
  readonly bearerToken: boolean;
  readonly apiKey: boolean;
  readonly userAndPassword: boolean;
  readonly oauthToken: boolean;
  readonly debugToken: boolean;
};

/** The credentials that a gateway with these facts accepts. A sandbox needs no upstream credentials. */
export function acceptedBy({ upstream, callers, upstreamAuth, debug }: PlaygroundFacts): Accepted {
  const passedThrough = upstream === 'real' && upstreamAuth === 'passthrough';
  return {
    bearerToken: callers === 'jwt',
    apiKey: callers === 'api-key',
    // A bearer token already uses the Authorization header.
    userAndPassword: passedThrough && callers !== 'jwt',
    oauthToken: passedThrough,
    debugToken: debug === 'token',
  };
}

/** Whether a header can carry this value: printable ASCII only. */
export function fitsHeader(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value);
}

/** The request headers for these credentials, without those that the gateway does not accept. */
export function headersOf(credentials: Credentials, accepted: Accepted): Record<string, string> {
  const { user, password, oauthToken, apiKey, bearerToken, dataScope, orgIds } = credentials;
  const headers: Record<string, string> = {};
  const set = (name: string, value: string, prefix = '') => {
    if (value.trim() !== '' && fitsHeader(value)) headers[name] = prefix + value.trim();
  };
  if (accepted.userAndPassword && user !== '') headers.authorization = basicAuthorization(user, password);
  if (accepted.oauthToken) set('x-cap-api-oauth-token', oauthToken);
  if (accepted.bearerToken) set('authorization', bearerToken.replace(/^bearer /i, ''), 'Bearer ');
  if (accepted.apiKey) set('x-api-key', apiKey);
  set('data-scope', dataScope);
  if (acceptsOrganisations(dataScope))
    set(
      'data-scope-org',
      orgIds
        .split(/[\s,]+/)
        .filter(Boolean)
        .join(','),
    );
  return headers;
}

/** Upstream requires the user and the password's MD5 in hex, encoded in base64. */
export function basicAuthorization(user: string, password: string): string {
  const digest = bytesToHex(md5(utf8ToBytes(password)));
  return `Basic ${btoa(String.fromCharCode(...utf8ToBytes(`${user}:${digest}`)))}`;
}

/** Whether organisations may be named beside this data scope. */
export function acceptsOrganisations(dataScope: Credentials['dataScope']): boolean {
  return dataScope === 'OTHER' || dataScope === 'ALL';
}
