import { z } from 'zod';
import { GatewayError } from '../../model/errors.ts';
import type { KeyedHash } from '../../model/keyedHash.ts';
import { Secret } from '../../model/redacted.ts';
import type { Endpoint } from '../endpoint.ts';
import type { UpstreamError } from '../payload/outcome.ts';
import {
  type Account,
  type Credentials,
  type CredentialsIdentity,
  type CredentialsSource,
  identityOf,
  Pause,
  refusalPause,
} from './credentials.ts';

/** A token as the token endpoint gave it; `expiresAt` and `renewAt` in milliseconds of the clock. */
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
  /** Called when upstream begins to refuse even fresh tokens, and when it accepts them again. */
  readonly onRefusal: (refused: boolean) => void;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
};

/** One refused token may have been revoked. If upstream also refuses the next one, it refuses the client. */
const REFUSALS_OF_A_REVOKED_TOKEN = 1;

/**
 * The gateway's own OAuth client. All calls that need a token share one request for it. A token is renewed in the background
 * in the last fifth of its life (at most a minute before its end). After a failure of the token endpoint, or after upstream
 * has refused a fresh token, there is a pause in which calls fail at once. Each further failure makes the pause longer.
 */
export class OAuthCredentials implements CredentialsSource {
  readonly identity: CredentialsIdentity;
  readonly account: Account;
  readonly areOwn = true;
  readonly #options: OAuthOptions;
  readonly #now: () => number;
  readonly #endpointPause: Pause;
  readonly #refusalPause: Pause;
  /** The cause of the last failure of the token endpoint. */
  #cause = '';
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;
  /** Tokens that upstream has refused in a row. */
  #refusals = 0;

  constructor(options: OAuthOptions) {
    this.#options = options;
    this.identity = identityOf(options.hash, 'oauth client', options.key);
    this.account = options.account;
    this.#now = options.now ?? (() => performance.now());
    this.#endpointPause = new Pause(
      this.#now,
      (retryAfterSeconds) => new GatewayError('UPSTREAM_UNAVAILABLE', { retryAfterSeconds, cause: this.#cause }),
    );
    this.#refusalPause = refusalPause('fresh token refused', this.#now);
  }

  async obtain(): Promise<Credentials> {
    this.#refusalPause.check();
    const token = this.#token;
    if (token === undefined || this.#now() >= token.expiresAt) return (await this.#fetch()).credentials;
    // The call does not wait for this. A failure is reported once no valid token is left.
    if (this.#now() >= token.renewAt) this.#fetch().catch(() => {});
    return token.credentials;
  }

  /** Only the first of several calls that were made with one token drops it. */
  refused(credentials: Credentials): void {
    if (this.#token?.credentials !== credentials) return;
    this.#token = undefined;
    this.#refusals++;
    if (this.#refusals > REFUSALS_OF_A_REVOKED_TOKEN) this.#refusalPause.begin();
    if (this.#refusals === REFUSALS_OF_A_REVOKED_TOKEN + 1) this.#options.onRefusal(true);
  }

  async renewed(): Promise<boolean> {
    if (!this.#refusalPause.isOver) return false;
    await this.obtain();
    return true;
  }

  accepted(credentials: Credentials): void {
    if (this.#refusals === 0 || this.#token?.credentials !== credentials) return;
    if (this.#refusals > REFUSALS_OF_A_REVOKED_TOKEN) this.#options.onRefusal(false);
    this.#refusals = 0;
    this.#refusalPause.reset();
  }

  async #fetch(): Promise<Token> {
    if (this.#fetching === undefined) this.#endpointPause.check();
    this.#fetching ??= this.#request().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #request(): Promise<Token> {
    try {
      const { accessToken, ttlSeconds } = await this.#options.fetchToken();
      const life = ttlSeconds * 1000;
      const expiresAt = this.#now() + life;
      this.#endpointPause.reset();
      this.#token = {
        credentials: { kind: 'oauth', token: new Secret(accessToken) },
        expiresAt,
        renewAt: expiresAt - Math.min(life / 5, 60_000),
      };
      return this.#token;
    } catch (error) {
      this.#cause = (error as UpstreamError).cause;
      this.#endpointPause.begin();
      throw new GatewayError('UPSTREAM_UNAVAILABLE', { cause: this.#cause });
    }
  }
}
