import { createSecureContext } from 'node:tls';
import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { anyText, required, text } from './fields.ts';
import { certificatesIn, certificatesOf, fileOf } from './files.ts';

/** The proxy and TLS settings of the gateway's own calls. HTTPS_PROXY and NO_PROXY are conventional names. */
export const NETWORK_VARIABLES = {
  HTTPS_PROXY: text()
    .optional()
    .describe(
      'Proxy for https URLs of upstream, its token endpoint and the key set, such as `http://proxy.internal:3128`, with credentials if it needs them. Requires Node 22.21, 24.5 or later',
    ),
  NO_PROXY: anyText()
    .optional()
    .describe('Hosts that are called without the proxy, separated by commas: `localhost,.internal,10.0.0.1:8443`'),
  UPSTREAM_CA_FILE: text()
    .optional()
    .describe("PEM file of a CA for upstream's certificate, in addition to the public CAs"),
  UPSTREAM_CLIENT_CERT_FILE: text().optional().describe("PEM file of the gateway's client certificate for upstream"),
  UPSTREAM_CLIENT_KEY_FILE: text().optional().describe("PEM file of that certificate's key"),
} as const;

type NetworkValues = Readonly<Partial<Record<keyof typeof NETWORK_VARIABLES, string | undefined>>>;

/** The proxy for https URLs, and the hosts that are called without it. */
export type ProxySettings = { readonly url: Secret; readonly noProxy: string };

/** The certificates that the gateway trusts and its own client certificate, in PEM. */
export type TlsSettings = {
  /** Trusted in addition to the public authorities. */
  readonly ca: string | undefined;
  readonly client: ClientCertificate | undefined;
};

/** `endsAt` is the end of the certificate's validity. */
export type ClientCertificate = { readonly cert: string; readonly key: Secret; readonly endsAt: Date };

/** @throws ConfigError for an invalid proxy URL, and for certificates that are unreadable or do not match their key */
export function networkFrom(values: NetworkValues) {
  return { proxy: proxyFrom(values), tls: tlsFrom(values) };
}

function proxyFrom({ HTTPS_PROXY, NO_PROXY = '' }: NetworkValues): ProxySettings | undefined {
  if (HTTPS_PROXY === undefined) return undefined;
  const fix = 'Set a URL such as http://proxy.internal:3128.';
  if (!/^https?:\/\//.test(HTTPS_PROXY)) throw new ConfigError('HTTPS_PROXY', 'It is not an http or https URL.', fix);
  // Before it is parsed: the URL parser takes what is before a slash of a password for the host and its port.
  if (!/^https?:\/\/[^/?#]*\/?$/.test(HTTPS_PROXY)) {
    throw new ConfigError(
      'HTTPS_PROXY',
      'It has a path, or one of / ? # within a user or a password.',
      'Set a URL such as http://proxy.internal:3128, in which / ? # of a user or a password are written as %2F %3F %23.',
    );
  }
  if (!URL.canParse(HTTPS_PROXY))
    throw new ConfigError('HTTPS_PROXY', 'It names no host, or a port that is none.', fix);
  if (!isDecodable(HTTPS_PROXY)) {
    throw new ConfigError(
      'HTTPS_PROXY',
      'It has a % that encodes nothing.',
      'Write a % of a user or a password as %25, or unset it.',
    );
  }
  if (!knowsProxies(process.versions.node)) {
    throw new ConfigError(
      'HTTPS_PROXY',
      `Node ${process.versions.node} does not support proxies.`,
      'Use Node 22.21, 24.5 or later.',
    );
  }
  return { url: new Secret(HTTPS_PROXY), noProxy: NO_PROXY };
}

/** Whether Node can read user and password of a URL. */
function isDecodable(url: string): boolean {
  const { username, password } = new URL(url);
  try {
    decodeURIComponent(`${username}:${password}`);
    return true;
  } catch {
    return false;
  }
}

/** Older releases would silently ignore the proxy. */
function knowsProxies(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

function tlsFrom(values: NetworkValues): TlsSettings | undefined {
  const ca = certificatesOf('UPSTREAM_CA_FILE', values.UPSTREAM_CA_FILE);
  const client = clientFrom(values);
  return ca === undefined && client === undefined ? undefined : { ca, client };
}

function clientFrom(values: NetworkValues): ClientCertificate | undefined {
  const [CERT, KEY] = ['UPSTREAM_CLIENT_CERT_FILE', 'UPSTREAM_CLIENT_KEY_FILE'] as const;
  if (values[CERT] === undefined && values[KEY] === undefined) return undefined;
  const both = 'Set both, or neither.';
  const cert = fileOf(CERT, required(values, CERT, KEY, both));
  const key = fileOf(KEY, required(values, KEY, CERT, both));
  const [{ validToDate: endsAt }] = certificatesIn(CERT, cert);
  try {
    createSecureContext({ cert, key });
  } catch {
    const problem = `The file is not the private key of ${CERT}, or has a passphrase.`;
    throw new ConfigError(KEY, problem, 'Set the path of a PEM file without a passphrase.');
  }
  return { cert, key: new Secret(key), endsAt };
}
