import { z } from 'zod';
import { GatewayError, wholeSeconds } from '../../model/errors.ts';
import type { KeyedHash } from '../../model/keyedHash.ts';
import { Secret } from '../../model/redacted.ts';
import type { Endpoint } from '../endpoint.ts';
import type { RefusedPart, UpstreamError } from '../payload/outcome.ts';
import {
  type Account,
  AccountRefusals,
  type Credentials,
  type CredentialsIdentity,
  type CredentialsSource,
  identityOf,
  Pause,
} from './credentials.ts';

/** A token as the token endpoint gave it; `expiresAt` and `renewAt` in milliseconds of `performance.now()`. */
type Token = { readonly credentials: Credentials; readonly expiresAt: number; readonly renewAt: number };

/** Requests a token once. @throws UpstreamError if there is none in the response */
export type FetchToken = () => Promise<{ readonly accessToken: string; readonly ttlSeconds: number }>;

/** The response of the token endpoint. A token lives as long as is set for the client. */
const TOKEN_RESPONSE = z.object({
  data: z.object({ accessToken: z.string().regex(/^[\x21-\x7e]+$/), ttlSeconds: z.coerce.number().positive() }),
});

/** Requests tokens with a POST of key and secret as JSON. */
export function tokenEndpoint(endpoint: Endpoint, key: string, secret: Secret): FetchToken {
  return () => endpoint.call({ key, secret: secret.reveal() }, (body) => TOKEN_RESPONSE.safeParse(body).data?.data);
}

export type OAuthOptions = {
  readonly hash: KeyedHash;
  /** The OAuth client's key: its identity, independent of the current token. */
  readonly key: string;
  readonly account: Account;
  readonly fetchToken: FetchToken;
};

/** A refused token is renewed at most this often, in milliseconds: one customer may be refused with any token. */
const RENEWED_EVERY_MS = 10_000;

/**
 * The gateway's own OAuth client. All calls that need a token share one request for it. A token is renewed in the background
 * in the last fifth of its life (at most a minute before its end), and if it is refused: it may have been revoked. After a
 * failure of the token endpoint there is a pause in which calls fail at once. Each further failure makes the pause longer.
 */
export class OAuthCredentials implements CredentialsSource {
  readonly identity: CredentialsIdentity;
  readonly account: Account;
  readonly areOwn = true;
  readonly #options: OAuthOptions;
  readonly #endpointPause = new Pause();
  readonly #refusals = new AccountRefusals('fresh token refused');
  /** The cause of the last failure of the token endpoint. */
  #cause = '';
  #token: Token | undefined;
  /** The token while a call that it was refused for waits for a new one. It is used on if there is none. */
  #doubted: Token | undefined;
  #fetching: Promise<Token> | undefined;
  /** When a refused token was renewed, or is being renewed. */
  #renewedAt = Number.NEGATIVE_INFINITY;
  /** Whether a call was accepted with the token. If it is refused for several customers then, it was revoked. */
  #worked = false;

  constructor(options: OAuthOptions) {
    this.#options = options;
    this.identity = identityOf(options.hash, 'oauth client', options.key);
    this.account = options.account;
  }

  async obtain(customer: string): Promise<Credentials> {
    this.#refusals.check(customer);
    const token = this.#token;
    if (token === undefined || performance.now() >= token.expiresAt) return (await this.#fetch()).credentials;
    if (token === this.#doubted) return (await this.#fetch().catch(() => token)).credentials;
    // The call does not wait for this. A failure is reported once no valid token is left.
    if (performance.now() >= token.renewAt) this.#fetch().catch(() => {});
    return token.credentials;
  }

  /** Only the first of several calls that were made with one token renews it. */
  refused(credentials: Credentials, customer: string): RefusedPart {
    const token = this.#token;
    if (token?.credentials !== credentials || token === this.#doubted) {
      return this.#refusals.areOfAccount ? 'account' : 'token';
    }
    this.#refusals.add(customer);
    const { areOfAccount } = this.#refusals;
    if (areOfAccount && !this.#worked) {
      this.#token = undefined;
      return 'account';
    }
    // A token that worked, and is refused for several customers in a row, was revoked.
    if (areOfAccount) this.#refusals.clear();
    const wasRenewed = performance.now() - this.#renewedAt < RENEWED_EVERY_MS;
    if (wasRenewed || (!areOfAccount && this.#endpointPause.leftMs() > 0)) return 'customer';
    if (areOfAccount) this.#token = undefined;
    else this.#doubted = token;
    this.#renewedAt = performance.now();
    return 'token';
  }

  accepted(): void {
    this.#worked = true;
    this.#refusals.clear();
  }

  async #fetch(): Promise<Token> {
    if (this.#fetching !== undefined) return this.#fetching;
    const leftMs = this.#endpointPause.leftMs();
    if (leftMs > 0) {
      const retryAfterSeconds = wholeSeconds(leftMs);
      throw new GatewayError('UPSTREAM_UNAVAILABLE', { retryAfterSeconds, cause: this.#cause });
    }
    this.#fetching = this.#request().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #request(): Promise<Token> {
    try {
      const { accessToken, ttlSeconds } = await this.#options.fetchToken();
      const life = ttlSeconds * 1000;
      const expiresAt = performance.now() + life;
      this.#endpointPause.reset();
      this.#worked = false;
      this.#token = {
        credentials: { kind: 'oauth', token: new Secret(accessToken) },
        expiresAt,
        renewAt: expiresAt - Math.min(life / 5, 60_000),
      };
      return this.#token;
    } catch (error) {
      this.#cause = (error as UpstreamError).cause;
      this.#endpointPause.begin();
      this.#doubted = undefined;
      this.#renewedAt = Number.NEGATIVE_INFINITY;
      throw new GatewayError('UPSTREAM_UNAVAILABLE', { cause: this.#cause });
    }
  }
}
