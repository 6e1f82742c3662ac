import { expect, test } from 'vitest';
import { networkFrom } from '../../src/config/network.ts';

test.each<[string, Record<string, string>, RegExp]>([
  [
    'a proxy whose password cannot be decoded',
    { HTTPS_PROXY: 'http://user:100%hush-hush@proxy:3128' },
    /^HTTPS_PROXY: It has a % that encodes nothing\. Write/,
  ],
  [
    'a proxy whose password has a slash',
    { HTTPS_PROXY: 'http://user:1/hush-hush@proxy:3128' },
    /^HTTPS_PROXY: It has a path, or one of \/ \? # within a user or a password\. Set/,
  ],
  ['a proxy that is no URL', { HTTPS_PROXY: 'proxy:3128' }, /^HTTPS_PROXY: It is not an http or https URL\. Set a URL/],
  ['a CA that is not there', { UPSTREAM_CA_FILE: '/nowhere' }, /^UPSTREAM_CA_FILE: .*\(ENOENT\)/],
  [
    'a CA that is none',
    { UPSTREAM_CA_FILE: 'package.json' },
    /^UPSTREAM_CA_FILE: The file contains no PEM certificate/,
  ],
  [
    'a client certificate without its key',
    { UPSTREAM_CLIENT_CERT_FILE: 'package.json' },
    /^UPSTREAM_CLIENT_KEY_FILE: It is not set, but UPSTREAM_CLIENT_CERT_FILE requires it/,
  ],
  [
    'a key without its certificate',
    { UPSTREAM_CLIENT_KEY_FILE: 'package.json' },
    /^UPSTREAM_CLIENT_CERT_FILE: .*not set/,
  ],
])('The start is refused for %s', (_, values, message) => {
  expect(() => networkFrom(values)).toThrow(message);
});

test('A proxy URL does not print its credentials', () => {
  const { proxy } = networkFrom({ HTTPS_PROXY: 'http://user:hush-hush@proxy:3128', NO_PROXY: '.internal' });
  expect(JSON.stringify(proxy)).toBe('{"url":"[redacted]","noProxy":".internal"}');
});
