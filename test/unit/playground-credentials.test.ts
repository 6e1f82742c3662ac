import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlaygroundFacts } from '../../src/http/playgroundPage.ts';
import { type Credentials, headersOf, NO_CREDENTIALS } from '../../src/playground/credentials/credentials.ts';

const REAL: PlaygroundFacts = {
  upstream: 'real',
  callers: 'none',
  upstreamAuth: 'passthrough',
  debug: 'off',
  supergraph: false,
};

const ALL: Credentials = {
  user: 'till',
  password: 'password',
  oauthToken: 'oauth-1',
  apiKey: 'key-1',
  bearerToken: 'jwt-1',
  dataScope: 'OTHER',
  orgIds: '50405, 50406',
  debugToken: 'debug-1',
};

const SCOPE = { 'data-scope': 'OTHER', 'data-scope-org': '50405,50406' };
const BASIC = 'Basic dGlsbDo1ZjRkY2MzYjVhYTc2NWQ2MWQ4MzI3ZGViODgyY2Y5OQ==';

describe("The playground's credentials", () => {
  test("are sent as upstream requires, with the password as MD5 in hex, like the gateway's own", () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (user, password) => {
        const digest = createHash('md5').update(password).digest('hex');
        expect(headersOf({ ...NO_CREDENTIALS, user, password }, REAL)).toEqual({
          authorization: `Basic ${Buffer.from(`${user}:${digest}`).toString('base64')}`,
        });
      }),
    );
  });

  test.each([
    ["a caller's own, passed through", REAL, { authorization: BASIC, 'x-cap-api-oauth-token': 'oauth-1' }],
    ['none at the sandbox', { ...REAL, upstream: 'sandbox' }, {}],
    ['an API key', { ...REAL, callers: 'api-key', upstreamAuth: 'basic' }, { 'x-api-key': 'key-1' }],
    ['a bearer token', { ...REAL, callers: 'jwt', upstreamAuth: 'oauth' }, { authorization: 'Bearer jwt-1' }],
    ['a debug token', { ...REAL, upstream: 'sandbox', debug: 'token' }, { 'x-gateway-debug': 'debug-1' }],
    [
      'a bearer token, and one for upstream that leaves Authorization to it',
      { ...REAL, callers: 'jwt' },
      { authorization: 'Bearer jwt-1', 'x-cap-api-oauth-token': 'oauth-1' },
    ],
  ] as const)('are those that the gateway accepts: %s', (_, facts, headers) => {
    expect(headersOf(ALL, facts)).toEqual({ ...headers, ...SCOPE });
  });

  test('come with the request for the cost if anyone may have it', () => {
    expect(headersOf(ALL, { ...REAL, upstream: 'sandbox', debug: 'anyone' })).toEqual({
      'x-gateway-debug': 'cost',
      ...SCOPE,
    });
  });

  test('give no headers if nothing is filled in', () => {
    expect(headersOf(NO_CREDENTIALS, REAL)).toEqual({});
  });

  test('name organisations only for data scopes that accept some', () => {
    const scopeOf = (dataScope: string) => headersOf({ ...NO_CREDENTIALS, dataScope, orgIds: '50405' }, REAL);
    expect(scopeOf('')).toEqual({});
    expect(scopeOf('SELF')).toEqual({ 'data-scope': 'SELF' });
    expect(scopeOf('ALL')).toEqual({ 'data-scope': 'ALL', 'data-scope-org': '50405' });
  });

  test('are not sent if a header cannot carry them', () => {
    for (const oauthToken of ['tökén', 'two\nlines', '  ']) {
      expect(headersOf({ ...NO_CREDENTIALS, oauthToken }, REAL)).toEqual({});
    }
  });

  test('may be pasted with surrounding space, and a bearer token with its scheme', () => {
    const facts: PlaygroundFacts = { ...REAL, callers: 'jwt' };
    expect(headersOf({ ...NO_CREDENTIALS, bearerToken: 'Bearer abc ' }, facts)).toEqual({
      authorization: 'Bearer abc',
    });
  });
});
