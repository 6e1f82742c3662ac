import { GatewayError } from '../../model/errors.ts';
import type { KeyedHash } from '../../model/keyedHash.ts';
import { Secret } from '../../model/redacted.ts';
import { type Credentials, type CredentialsIdentity, type CredentialsSource, identityOf } from './credentials.ts';

/** A token as the token endpoint gave it; `expiresAt` in milliseconds of `performance.now()`. */
export type Token = { readonly credentials: Credentials; readonly expiresAt: number; readonly renewAt: number };

/** Asks the token endpoint once. Rejects where it gives no token. */
export type FetchToken = () => Promise<{ readonly accessToken: string; readonly ttlSeconds: number }>;

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

/**
 * The gateway's own OAuth client. One request for a token however many wait for it; a token is renewed in the background
 * in the last fifth of its life (a minute at the most) while it still serves; a token endpoint that fails is left alone
 * for a while, longer each time, in which calls fail at once.
 */
export class OAuthCredentials implements CredentialsSource {
  readonly identity: CredentialsIdentity;
  readonly #fetchToken: FetchToken;
  readonly #now: () => number;
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;
  #failures = 0;
  #pausedUntil = 0;

  /** @param key the OAuth client's key: its identity, whatever token is in use */
  constructor(hash: KeyedHash, key: string, fetchToken: FetchToken, now: () => number = () => performance.now()) {
    this.identity = identityOf(hash, 'oauth', key);
    this.#fetchToken = fetchToken;
    this.#now = now;
  }

  async obtain(): Promise<Credentials> {
    const token = this.#token;
    if (token === undefined || this.#now() >= token.expiresAt) return (await this.#fetch()).credentials;
    // Whoever notices does not wait, and a failure shows where a token is needed and none is left.
    if (this.#now() >= token.renewAt) this.#fetch().catch(() => {});
    return token.credentials;
  }

  /** A token that another call has renewed already is not renewed again. */
  async renew(refused: Credentials): Promise<Credentials> {
    if (this.#token?.credentials === refused) this.#token = undefined;
    return this.obtain();
  }

  #fetch(): Promise<Token> {
    const wait = this.#pausedUntil - this.#now();
    if (this.#fetching === undefined && wait > 0) {
      return Promise.reject(
        new GatewayError('UPSTREAM_UNAVAILABLE', { retryAfterSeconds: Math.max(1, Math.ceil(wait / 1000)) }),
      );
    }
    this.#fetching ??= this.#ask().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #ask(): Promise<Token> {
    try {
      const { accessToken, ttlSeconds } = await this.#fetchToken();
      const life = ttlSeconds * 1000;
      const expiresAt = this.#now() + life;
      this.#failures = 0;
      this.#token = {
        credentials: { kind: 'oauth', token: new Secret(accessToken) },
        expiresAt,
        renewAt: expiresAt - Math.min(life / 5, 60_000),
      };
      return this.#token;
    } catch {
      this.#pausedUntil = this.#now() + Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
      throw new GatewayError('UPSTREAM_UNAVAILABLE');
    }
  }
}
