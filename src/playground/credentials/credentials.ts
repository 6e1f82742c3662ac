import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { PlaygroundFacts } from '../../http/playgroundPage.ts';

/** What is typed into the credentials panel; an empty text is not sent. */
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

/** Which credentials a gateway takes; all take a data scope. */
export type Taken = {
  readonly bearerToken: boolean;
  readonly apiKey: boolean;
  readonly userAndPassword: boolean;
  readonly oauthToken: boolean;
  readonly debugToken: boolean;
};

/** The credentials that count at a gateway with these facts: a sandbox asks for none of upstream's. */
export function takenBy({ upstream, callers, upstreamAuth, debug }: PlaygroundFacts): Taken {
  const passedThrough = upstream === 'real' && upstreamAuth === 'passthrough';
  return {
    bearerToken: callers === 'jwt',
    apiKey: callers === 'api-key',
    // A bearer token has the Authorization header to itself.
    userAndPassword: passedThrough && callers !== 'jwt',
    oauthToken: passedThrough,
    debugToken: debug === 'token',
  };
}

/** What a header can hold of a credential: anything else never reaches the gateway. */
export function fitsHeader(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value);
}

/** The request headers that carry these credentials, as far as the gateway takes them. */
export function headersOf(credentials: Credentials, taken: Taken): Record<string, string> {
  const { user, password, oauthToken, apiKey, bearerToken, dataScope, orgIds } = credentials;
  const headers: Record<string, string> = {};
  const set = (name: string, value: string, prefix = '') => {
    if (value.trim() !== '' && fitsHeader(value)) headers[name] = prefix + value.trim();
  };
  if (taken.userAndPassword && user !== '') headers.authorization = basicAuthorization(user, password);
  if (taken.oauthToken) set('x-cap-api-oauth-token', oauthToken);
  if (taken.bearerToken) set('authorization', bearerToken.replace(/^bearer /i, ''), 'Bearer ');
  if (taken.apiKey) set('x-api-key', apiKey);
  set('data-scope', dataScope);
  if (takesOrganisations(dataScope))
    set(
      'data-scope-org',
      orgIds
        .split(/[\s,]+/)
        .filter(Boolean)
        .join(','),
    );
  return headers;
}

/** Upstream wants the md5 of the password in hex, with the user, in base64. */
export function basicAuthorization(user: string, password: string): string {
  const digest = bytesToHex(md5(utf8ToBytes(password)));
  return `Basic ${btoa(String.fromCharCode(...utf8ToBytes(`${user}:${digest}`)))}`;
}

/** Whether organisations may be named beside this data scope. */
export function takesOrganisations(dataScope: Credentials['dataScope']): boolean {
  return dataScope === 'OTHER' || dataScope === 'ALL';
}
