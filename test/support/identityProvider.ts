import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';

export const ISSUER = 'https://login.example';
export const AUDIENCE = 'promotions';

export type IdentityProvider = {
  readonly jwksUrl: string;
  /** How often the key set was fetched. */
  readonly fetches: () => number;
  /** A token signed by the provider's current key, good for an hour unless `claims` says otherwise. */
  token(claims?: Record<string, unknown>): Promise<string>;
  /** A token signed by a key that the key set has never held. */
  strangersToken(claims?: Record<string, unknown>): Promise<string>;
  /** From now on, signs with a new key and publishes only that one. */
  rotate(): Promise<void>;
  /** From now on, signs with a new key, and publishes the other one too: under the same id, or both without any. */
  addKey(named: boolean): Promise<void>;
  /** The current public key as PEM, which an attacker may use as an HMAC secret. */
  publicPem(): Promise<string>;
  /** Responds with 500 from now on. */
  fail(failing: boolean): void;
  /** Publishes this instead of its key set from now on. */
  publish(body: unknown): void;
  /** Does not respond from now on, until it hangs no more. */
  hang(hanging: boolean): void;
  close(): Promise<void>;
};

type SigningKey = { readonly kid: string | undefined; readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };

/** An identity provider over a real socket. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  let generation = 0;
  const newKey = async (): Promise<SigningKey> => ({
    kid: `key-${generation++}`,
    ...(await generateKeyPair('ES256', { extractable: true })),
  });
  let current = await newKey();
  const others: SigningKey[] = [];
  const stranger = { ...(await newKey()), kid: current.kid };
  let fetches = 0;
  let failing = false;
  let published: unknown;
  let resumed = Promise.resolve();
  let resume = () => {};
  const server = createServer(async (_, response) => {
    fetches++;
    await resumed;
    if (failing) return response.writeHead(500).end();
    const ownKeys = await Promise.all(
      [...others, current].map(async ({ publicKey, kid }) => ({ ...(await exportJWK(publicKey)), kid, alg: 'ES256' })),
    );
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(published ?? { keys: ownKeys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const sign = (key: SigningKey, claims: Record<string, unknown>) =>
    new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'customer-1', exp: Math.floor(Date.now() / 1000) + 3600, ...claims })
      .setProtectedHeader({ alg: 'ES256', ...(key.kid !== undefined && { kid: key.kid }) })
      .sign(key.privateKey);

  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    fetches: () => fetches,
    token: (claims = {}) => sign(current, claims),
    strangersToken: (claims = {}) => sign(stranger, claims),
    async rotate() {
      current = await newKey();
    },
    async addKey(named) {
      const kid = named ? current.kid : undefined;
      others.push({ ...current, kid });
      current = { ...(await newKey()), kid };
    },
    publicPem: () => exportSPKI(current.publicKey),
    fail(value) {
      failing = value;
    },
    publish(body) {
      published = body;
    },
    hang(value) {
      resume();
      resumed = value ? new Promise((resolve) => (resume = resolve)) : Promise.resolve();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Settings of a gateway whose callers have the provider's tokens. */
export function jwtAuthentication({ jwksUrl }: IdentityProvider) {
  return { AUTH_MODE: 'jwt', AUTH_JWKS_URL: jwksUrl, AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE };
}

/** Settings of a gateway with its own user at upstream, whose callers have the provider's tokens. */
export function jwtCallers(provider: IdentityProvider) {
  return {
    UPSTREAM_AUTH: 'basic',
    UPSTREAM_USERNAME: 'till',
    UPSTREAM_PASSWORD: 'secret',
    ...jwtAuthentication(provider),
    AUTH_CUSTOMER_CLAIMS: 'mobile=phone_number,email=email,id=capillary_id,externalId=sub',
    AUTH_ANY_CUSTOMER_SCOPE: 'promotions:any',
    AUTH_DATA_SCOPES: 'SELF,OTHER:50405',
    AUTH_CUSTOMER_DATA_SCOPES: 'SELF,OTHER:50405',
    AUTH_CUSTOMER_SOURCES: 'INSTORE,ALL',
  };
}

/** The claims of the token of the tests' customer, 917406400033. */
export const OWN_CLAIMS = { phone_number: '+91 740 640 0033', email: 'Me@Example.com', capillary_id: 347297848 };

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}
