import { createHash } from 'node:crypto';

/** Credentials of another account at upstream than BASIC's. */
export const OTHER_BASIC = `Basic ${Buffer.from('other:5f4dcc3b5aa765d61d8327deb882cf99').toString('base64')}`;

/** Settings of a gateway with its own user at upstream, whose callers `shop` and `till` have API keys. */
export const API_KEY_CALLERS = {
  UPSTREAM_AUTH: 'basic',
  UPSTREAM_USERNAME: 'till',
  UPSTREAM_PASSWORD: 'secret',
  AUTH_MODE: 'api-key',
  AUTH_API_KEYS: ['shop', 'till'].map((name) => `${name}:${sha256(`${name}-key`)}`).join(','),
};

/** The headers of the callers in `API_KEY_CALLERS`. */
export const SHOP = { 'x-api-key': 'shop-key' };
export const TILL = { 'x-api-key': 'till-key' };

/** Settings of a gateway with its own OAuth client at upstream, which anyone may call. */
export const OWN_OAUTH = {
  UPSTREAM_AUTH: 'oauth',
  UPSTREAM_OAUTH_KEY: 'the-key',
  UPSTREAM_OAUTH_SECRET: 'the-secret',
  AUTH_ALLOW_ANONYMOUS: 'true',
};
/** The path of upstream's token endpoint. */
export const TOKENS = '/v3/oauth/token/generate';

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
