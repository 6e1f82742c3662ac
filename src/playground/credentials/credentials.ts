import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { PlaygroundFacts } from '../../http/playgroundPage.ts';

export const NO_CREDENTIALS = {
  bearerToken: '',
  apiKey: '',
  user: '',
  password: '',
  oauthToken: '',
  debugToken: '',
  dataScope: '',
  orgIds: '',
};

/** What the credentials panel holds. An empty value is not sent. */
export type Credentials = Readonly<typeof NO_CREDENTIALS>;

/** The secrets that a gateway with these facts accepts. A sandbox needs no upstream credentials. */
export function acceptedBy({ upstream, callers, upstreamAuth, debug }: PlaygroundFacts) {
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
export const fitsHeader = (value: string) => /^[\x20-\x7e]*$/.test(value);

/** The request headers for these credentials, without those that the gateway does not accept. */
export function headersOf(credentials: Credentials, facts: PlaygroundFacts): Record<string, string> {
  const { user, password, oauthToken, apiKey, bearerToken, dataScope, orgIds, debugToken } = credentials;
  const accepted = acceptedBy(facts);
  const headers: Record<string, string> = {};
  const set = (name: string, value: string, prefix = '') => {
    if (value.trim() !== '' && fitsHeader(value)) headers[name] = prefix + value.trim();
  };
  if (accepted.userAndPassword && user !== '') headers.authorization = basicAuthorization(user, password);
  if (accepted.oauthToken) set('x-cap-api-oauth-token', oauthToken);
  if (accepted.bearerToken) set('authorization', bearerToken.replace(/^bearer /i, ''), 'Bearer ');
  if (accepted.apiKey) set('x-api-key', apiKey);
  if (facts.debug !== 'off') set('x-gateway-debug', facts.debug === 'anyone' ? 'cost' : debugToken);
  set('data-scope', dataScope);
  if (acceptsOrganisations(dataScope)) set('data-scope-org', orgIds.trim().replace(/[\s,]+/g, ','));
  return headers;
}

/** Upstream requires the user and the password's MD5 in hex, encoded in base64. */
function basicAuthorization(user: string, password: string): string {
  const digest = bytesToHex(md5(utf8ToBytes(password)));
  return `Basic ${btoa(String.fromCharCode(...utf8ToBytes(`${user}:${digest}`)))}`;
}

/** Whether organisations may be named beside this data scope. */
export const acceptsOrganisations = (dataScope: string) => dataScope === 'OTHER' || dataScope === 'ALL';
