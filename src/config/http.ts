import { isIP } from 'node:net';
import { ConfigError } from './configError.ts';
import { flag, items, list, refuse, text, type ValuesOf, wholeNumber } from './fields.ts';

/** The address that the gateway listens on, the limits for clients, and how it stops. */
export const HTTP_VARIABLES = {
  HOST: text().default('127.0.0.1').describe('Address to listen on; `0.0.0.0` in the image'),
  PORT: wholeNumber(0, 65_535).default(4000).describe('Port to listen on; 0 uses a free one'),
  MAX_BODY_BYTES: wholeNumber(1024, 100_000_000)
    .default(262_144)
    .describe('Maximum size of a request body, packed and unpacked'),
  PLAYGROUND: flag().optional().describe('Whether browsers get the playground. Unset: only outside production'),
  CORS_ORIGINS: list('origin')
    .optional()
    .describe('Origins whose pages may call, separated by commas. Unset: no other origin may'),
  RATE_LIMIT_PER_MINUTE: wholeNumber(1, 10_000_000)
    .optional()
    .describe(
      'Maximum requests of one caller in a minute. A caller without an API key or a token is an IPv4 address or an IPv6 /64. Unset: no limit',
    ),
  TRUSTED_PROXIES: list('address')
    .optional()
    .describe(
      "Proxies whose `X-Forwarded-For` contains the client's address, with or without a port: addresses, ranges such as `10.0.0.0/8`, `loopback`, `private`. Unset: none",
    ),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000)
    .default(10_000)
    .describe(
      'Maximum open connections, fewer if the process may not open so many files. One address (in IPv6, one /64) that is not a trusted proxy may have a quarter of them',
    ),
  MAX_IN_FLIGHT: wholeNumber(1, 1_000_000)
    .default(1000)
    .describe(
      'Maximum operations in flight; above it, new ones get HTTP 503. One caller, or one address without an API key or a token, may have three quarters of them',
    ),
  SHUTDOWN_DELAY_MS: wholeNumber(0, 600_000)
    .transform((ms, context) => {
      if (ms === 0 || ms >= 100) return ms;
      return refuse(context, `It must be 0 or at least 100 milliseconds, got ${ms}.`, 'Set 5000 for five seconds.');
    })
    .default(0)
    .describe(
      'How long requests are still accepted after SIGTERM, while `/readyz` already answers 503: 0, or at least 100. [5000 behind a load balancer](deployment.md#8-restarts-without-a-lost-request)',
    ),
} as const;

/** @throws ConfigError for an invalid origin or proxy */
export function httpFrom(values: ValuesOf<typeof HTTP_VARIABLES>, production: boolean) {
  return {
    host: values.HOST,
    port: values.PORT,
    maxBodyBytes: values.MAX_BODY_BYTES,
    playground: values.PLAYGROUND ?? !production,
    corsOrigins: originsFrom(values.CORS_ORIGINS),
    trustedProxies: proxiesFrom(values.TRUSTED_PROXIES),
    maxConnections: values.MAX_CONNECTIONS,
    rateLimitPerMinute: values.RATE_LIMIT_PER_MINUTE,
    maxInFlight: values.MAX_IN_FLIGHT,
  };
}

/** An operation that began just before the gateway stops to accept has its deadline, and this long to send its response. */
const SEND_MS = 2000;

/** How the gateway stops, in milliseconds. */
export function shutdownFrom(values: { readonly SHUTDOWN_DELAY_MS: number; readonly UPSTREAM_DEADLINE_MS: number }) {
  return {
    /** How long requests are still accepted after /readyz reports draining. */
    delayMs: values.SHUTDOWN_DELAY_MS,
    /** How long requests in flight may take after that. */
    timeoutMs: values.UPSTREAM_DEADLINE_MS + SEND_MS,
  };
}

const PROXY_NAMES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'],
};

/** The ranges in a comma-separated list of addresses, ranges, `loopback` and `private`. */
function proxiesFrom(setting = ''): readonly string[] {
  return items(setting).flatMap((item) => {
    if (Object.hasOwn(PROXY_NAMES, item)) return PROXY_NAMES[item] ?? [];
    const [address = ''] = item.split('/', 1);
    const longest = isIP(address) === 4 ? 32 : 128;
    const bits = item === address ? String(longest) : item.slice(address.length + 1);
    if (isIP(address) !== 0 && /^0+$/.test(bits)) {
      throw new ConfigError(
        'TRUSTED_PROXIES',
        `"${item}" trusts every client to say which address it has.`,
        'Set the addresses of your proxies only.',
      );
    }
    if (isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest) return [`${address}/${bits}`];
    throw new ConfigError(
      'TRUSTED_PROXIES',
      `"${item}" is not an address or a range.`,
      'Set addresses such as 10.0.0.7, ranges such as 10.0.0.0/8, loopback or private, separated by commas.',
    );
  });
}

/** Comma-separated origins, such as `https://shop.example`. */
function originsFrom(setting = ''): readonly string[] {
  const origins = items(setting);
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin || origin.includes('*')) {
      throw new ConfigError(
        'CORS_ORIGINS',
        `"${origin}" is not an origin.`,
        'Set origins such as https://shop.example, without a path, separated by commas.',
      );
    }
  }
  return origins;
}
