import { generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { networkFrom } from '../../src/config/network.ts';
import { fileWith } from './support/config.ts';

test.each<[string, Record<string, string>, RegExp]>([
  [
    'a proxy whose password cannot be decoded',
    { HTTPS_PROXY: 'http://user:100%hush-hush@proxy:3128' },
    /^HTTPS_PROXY: It has a % that encodes nothing\. Write/,
  ],
  ...['1/hush-hush', 'hush/hush', 'hush#hush', 'hush?hush'].map(
    (password): [string, Record<string, string>, RegExp] => [
      `a proxy with the password ${password}`,
      { HTTPS_PROXY: `http://user:${password}@proxy:3128` },
      /^HTTPS_PROXY: It has a path, or one of \/ \? # within a user or a password\. Set/,
    ],
  ),
  [
    'a proxy with a port that is none',
    { HTTPS_PROXY: 'http://proxy:70000' },
    /^HTTPS_PROXY: It names no host, or a port that is none\. Set a URL such as/,
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

test.each([
  ['is damaged', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
  ['is cut off', rootCertificates[1]?.slice(0, 500)],
  ['begins on the last line of the one before', `${rootCertificates[1]}${rootCertificates[2]}`],
  ['is indented', ` ${rootCertificates[1]}\n`],
  ['has a text after its last line', `${rootCertificates[1]} # Two\n`],
])('The start is refused for a file whose second certificate %s', (_, second) => {
  const file = fileWith(`# Our authorities\n${rootCertificates[0]}\n${second}`);
  const damaged = 'The file is damaged after its certificate 1. Set the path of a PEM file.';
  expect(() => networkFrom({ UPSTREAM_CA_FILE: file })).toThrow(`UPSTREAM_CA_FILE: ${damaged}`);
  const client = { UPSTREAM_CLIENT_CERT_FILE: file, UPSTREAM_CLIENT_KEY_FILE: fileWith('a key') };
  expect(() => networkFrom(client)).toThrow(`UPSTREAM_CLIENT_CERT_FILE: ${damaged}`);
});

test('A file may have several certificates and text beside them', () => {
  const text = `# One\n${rootCertificates[0]}\n# Two\n${rootCertificates[1]}\n`;
  expect(networkFrom({ UPSTREAM_CA_FILE: fileWith(text) }).tls).toEqual({ ca: text, client: undefined });
});

test('The start is refused for a key with a passphrase, which the line says', () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hush-hush' },
  });
  const certificate = fileWith(rootCertificates[0] ?? '');
  const values = { UPSTREAM_CLIENT_CERT_FILE: certificate, UPSTREAM_CLIENT_KEY_FILE: fileWith(privateKey) };
  expect(() => networkFrom(values)).toThrow(
    /^UPSTREAM_CLIENT_KEY_FILE: .* passphrase\. Set .* without a passphrase\.$/,
  );
});

test('A proxy URL does not print its credentials', () => {
  const { proxy } = networkFrom({ HTTPS_PROXY: 'http://user:hush-hush@proxy:3128', NO_PROXY: '.internal' });
  expect(JSON.stringify(proxy)).toBe('{"url":"[redacted]","noProxy":".internal"}');
});

/** Whether a proxy is accepted with this Node. */
function proxyWith(node: string) {
  const versions = process.versions;
  Object.defineProperty(process, 'versions', { value: { ...versions, node } });
  onTestFinished(() => {
    Object.defineProperty(process, 'versions', { value: versions });
  });
  return networkFrom({ HTTPS_PROXY: 'http://proxy:3128' }).proxy?.url.reveal();
}

test.each(['22.20.0', '23.11.0', '24.4.1'])(
  'The start is refused for a proxy with Node %s, which ignores it',
  (node) => {
    expect(() => proxyWith(node)).toThrow(
      `HTTPS_PROXY: Node ${node} does not support proxies. Use Node 22.21, 24.5 or later.`,
    );
  },
);

test.each(['22.21.0', '24.5.0', '25.0.0'])('A proxy is accepted with Node %s', (node) => {
  expect(proxyWith(node)).toBe('http://proxy:3128');
});
