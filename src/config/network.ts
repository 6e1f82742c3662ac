import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Secret } from '../model/redacted.ts';
import { ConfigError } from './configError.ts';
import { text } from './fields.ts';

/** How the gateway's own calls leave the network it is in. The names of the proxy's variables are everybody's. */
export const NETWORK_VARIABLES = {
  HTTPS_PROXY: text().optional(),
  NO_PROXY: text().optional(),
  UPSTREAM_CA_FILE: text().optional(),
  UPSTREAM_CLIENT_CERT_FILE: text().optional(),
  UPSTREAM_CLIENT_KEY_FILE: text().optional(),
} as const;

type NetworkValues = Readonly<Partial<Record<keyof typeof NETWORK_VARIABLES, string | undefined>>>;

/** The proxy for https URLs, and the hosts that are called without it. */
export type ProxySettings = { readonly url: Secret; readonly noProxy: string };

/** Whom the gateway trusts as upstream, and what it shows upstream; PEM texts. */
export type TlsSettings = {
  /** In addition to the public ones. */
  readonly ca: string | undefined;
  readonly client: { readonly cert: string; readonly key: Secret } | undefined;
};

/** @throws ConfigError for a proxy that is no URL, and for certificates that cannot be read or do not fit together */
export function networkFrom(values: NetworkValues) {
  return { proxy: proxyFrom(values), tls: tlsFrom(values) };
}

function proxyFrom({ HTTPS_PROXY, NO_PROXY = '' }: NetworkValues): ProxySettings | undefined {
  if (HTTPS_PROXY === undefined) return undefined;
  const fix = 'Set it to one such as http://proxy.internal:3128.';
  if (!URL.canParse(HTTPS_PROXY) || !/^https?:$/.test(new URL(HTTPS_PROXY).protocol)) {
    throw new ConfigError('HTTPS_PROXY', 'It is not an http or https URL.', fix);
  }
  if (!knowsProxies(process.versions.node)) {
    throw new ConfigError(
      'HTTPS_PROXY',
      `Node ${process.versions.node} cannot use it.`,
      'Run Node 22.21, 24.5 or later.',
    );
  }
  return { url: new Secret(HTTPS_PROXY), noProxy: NO_PROXY };
}

/** Older releases would pass over the proxy without a word. */
function knowsProxies(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

function tlsFrom(values: NetworkValues): TlsSettings | undefined {
  const ca = pemOf(values, 'UPSTREAM_CA_FILE');
  const cert = pemOf(values, 'UPSTREAM_CLIENT_CERT_FILE');
  const key = pemOf(values, 'UPSTREAM_CLIENT_KEY_FILE');
  if (cert === undefined && key !== undefined) throw missing('UPSTREAM_CLIENT_CERT_FILE', 'UPSTREAM_CLIENT_KEY_FILE');
  if (cert !== undefined && key === undefined) throw missing('UPSTREAM_CLIENT_KEY_FILE', 'UPSTREAM_CLIENT_CERT_FILE');
  if (ca === undefined && cert === undefined) return undefined;
  if (ca !== undefined) check('UPSTREAM_CA_FILE', 'It holds no certificate in PEM.', () => new X509Certificate(ca));
  if (cert === undefined || key === undefined) return { ca, client: undefined };
  check('UPSTREAM_CLIENT_CERT_FILE', 'It holds no certificate in PEM.', () => new X509Certificate(cert));
  check('UPSTREAM_CLIENT_KEY_FILE', 'It is not the key of the certificate.', () => createSecureContext({ cert, key }));
  return { ca, client: { cert, key: new Secret(key) } };
}

function pemOf(values: NetworkValues, variable: keyof typeof NETWORK_VARIABLES): string | undefined {
  const path = values[variable];
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError(variable, `The file cannot be read (${code}).`, 'Name a file that the gateway may read.');
  }
}

function check(variable: string, problem: string, read: () => unknown): void {
  try {
    read();
  } catch {
    throw new ConfigError(variable, problem, 'Name a file in PEM.');
  }
}

function missing(variable: string, other: string): ConfigError {
  return new ConfigError(variable, `It is not set, and ${other} needs it.`, 'Set both, or none.');
}
