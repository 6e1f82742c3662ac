import { createHash, hash } from 'node:crypto';
import { type ErrorCode, GatewayError, wholeSeconds } from '../../model/errors.ts';
import type { KeyedHash } from '../../model/keyedHash.ts';
import { Secret } from '../../model/redacted.ts';
import { refusal } from '../../model/refusals.ts';
import type { RefusedPart } from '../payload/outcome.ts';

/** A keyed hash of the credentials of a call: equal for equal credentials, and it reveals nothing about them. */
export type CredentialsIdentity = string & { readonly __brand: 'CredentialsIdentity' };

/**
 * Whose call budget a call uses. An own account is named without any secret, so a change of the password or of CACHE_SECRET
 * grants no second budget; under passthrough it is the identity of the credentials.
 */
export type Account = string & { readonly __brand: 'Account' };

/** The gateway's own account at an upstream. @param name the user name, or the key of the OAuth client */
export function ownAccount(upstreamUrl: string, name: string): Account {
  return hash('sha256', JSON.stringify([upstreamUrl, name]), 'base64url').slice(0, 32) as Account;
}

/**
 * What authenticates one call towards upstream:
 * - `none`: for the embedded sandbox, which needs none;
 * - `basic`: a whole `Authorization` header value, `Basic base64(username:md5hex(password))`;
 * - `oauth`: a token for `X-CAP-API-OAUTH-TOKEN`, sent without an Authorization header.
 */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly authorization: Secret }
  | { readonly kind: 'oauth'; readonly token: Secret };

/**
 * The source of the credentials for an operation's calls. Everything that calls share is keyed by `identity`, which stays
 * the same while an OAuth client's tokens change.
 */
export type CredentialsSource = {
  readonly identity: CredentialsIdentity;
  readonly account: Account;
  /** Whether they are the gateway's own, or none are needed, so that its callers cannot send others. */
  readonly areOwn: boolean;
  /**
   * Credentials for a call. A call obtains them before it queues, too, so that one that cannot be made does not.
   * @param customer a keyed hash of whom the call is about
   * @throws UNAUTHENTICATED while upstream refuses the account, and UPSTREAM_UNAVAILABLE if a token is needed and there is none
   */
  obtain(customer: string): Credentials | Promise<Credentials>;
  /** Reports that upstream refused these with 401, and tells what that means. */
  refused(credentials: Credentials, customer: string): RefusedPart;
  /** Reports that upstream accepted the credentials of a call. */
  accepted(): void;
};

/** No credentials, so no upstream call can be made. */
export const MISSING_CREDENTIALS = 'missing';

/** The credentials of a request, or that it has none. */
export type RequestCredentials = CredentialsSource | typeof MISSING_CREDENTIALS;

/** For the embedded sandbox. */
export function noCredentials(hash: KeyedHash): CredentialsSource {
  return new FixedCredentials(hash, { kind: 'none' });
}

const OWN_REFUSED = "Upstream refuses the gateway's own credentials. Ask the gateway's operators to check them.";

/** What callers are told instead if upstream refuses the gateway's own credentials: they cannot send others. */
export const OWN_MESSAGES: Partial<Readonly<Record<ErrorCode, string>>> = {
  UNAUTHENTICATED: OWN_REFUSED,
  FORBIDDEN:
    "The gateway's own credentials do not allow this customer, source or data scope. Query one that they allow, or ask the gateway's operators.",
};

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

/** A pause after failures, which is longer after each further failure. */
export class Pause {
  #failures = 0;
  #beganAt = 0;
  #lengthMs = 0;

  /** The milliseconds that are left of it; 0 once it is over. @param times how often it has to pass */
  leftMs(times = 1): number {
    return Math.max(0, this.#beganAt + times * this.#lengthMs - performance.now());
  }

  begin(): void {
    this.#beganAt = performance.now();
    this.#lengthMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
  }

  reset(): void {
    this.#failures = 0;
    this.#lengthMs = 0;
  }
}

/** If calls for so many customers were refused, and none was accepted between them, it is the account that upstream refuses. */
const REFUSED_CUSTOMERS = 3;

/**
 * Tells a refused customer from a refused account. If it is the account there is a pause in which calls fail at once, and each
 * further refusal makes it longer: a wrong password that is sent again and again may lock the account.
 */
export class AccountRefusals {
  readonly #pause = new Pause();
  readonly #cause: string;
  /** The customers whose calls were refused since the last one that was accepted; no more than count. */
  readonly #customers = new Set<string>();

  /** @param cause what upstream refuses, in a few words */
  constructor(cause: string) {
    this.#cause = cause;
  }

  get areOfAccount(): boolean {
    return this.#customers.size === REFUSED_CUSTOMERS;
  }

  /** For the refused customers the pause is twice as long, since another one's call tells more. @throws UNAUTHENTICATED during a pause */
  check(customer: string): void {
    const leftMs = this.#pause.leftMs(this.#customers.has(customer) ? 2 : 1);
    if (leftMs === 0) return;
    const retryAfterSeconds = wholeSeconds(leftMs);
    throw new GatewayError('UNAUTHENTICATED', { message: OWN_REFUSED, retryAfterSeconds, cause: this.#cause });
  }

  add(customer: string): void {
    if (!this.areOfAccount) this.#customers.add(customer);
    if (this.areOfAccount && this.#pause.leftMs() === 0) this.#pause.begin();
  }

  /** Each accepted call clears them. Clearing an empty Set would still make it a new table. */
  clear(): void {
    if (this.#customers.size === 0) return;
    this.#customers.clear();
    this.#pause.reset();
  }
}

/** The gateway's own user. */
export class OwnBasicCredentials implements CredentialsSource {
  readonly identity: CredentialsIdentity;
  readonly account: Account;
  readonly areOwn = true;
  /** Another object after each refusal that counts for the account: of the calls that were made before, none counts. */
  #credentials: Credentials;
  readonly #refusals = new AccountRefusals('password refused');

  /** @param password upstream requires it as its md5 in hex */
  constructor(hash: KeyedHash, account: Account, username: string, password: Secret) {
    const digest = createHash('md5').update(password.reveal()).digest('hex');
    const authorization = `Basic ${Buffer.from(`${username}:${digest}`).toString('base64')}`;
    this.identity = identityOf(hash, 'basic', authorization);
    this.account = account;
    this.#credentials = { kind: 'basic', authorization: new Secret(authorization) };
  }

  obtain(customer: string): Credentials {
    this.#refusals.check(customer);
    return this.#credentials;
  }

  refused(credentials: Credentials, customer: string): RefusedPart {
    if (credentials === this.#credentials) {
      this.#refusals.add(customer);
      if (this.#refusals.areOfAccount) this.#credentials = { ...this.#credentials };
    }
    return this.#refusals.areOfAccount ? 'account' : 'customer';
  }

  accepted(): void {
    this.#refusals.clear();
  }
}

/** Visible ASCII. Node joins several headers by a comma and a space, and that is none of their tokens. */
const TOKEN = /^[\x21-\x7e]+$/;

const BASIC = /^basic +([A-Za-z0-9+/]+)={0,2}$/i;

/**
 * The one spelling of a Basic header, since servers read others too: the scheme in another case, more spaces, padding or
 * bits that are left out or added at the end. Undefined for anything that is not Basic, or has no colon between user name and
 * password.
 */
function canonicalBasic(authorization: string): string | undefined {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined || encoded.length % 4 === 1) return undefined;
  const decoded = Buffer.from(encoded, 'base64');
  return decoded.includes(':') ? `Basic ${decoded.toString('base64')}` : undefined;
}

/**
 * The caller's own credentials for upstream among the headers of its request: `X-CAP-API-OAUTH-TOKEN`, or
 * `Authorization: Basic …`. Nothing else of the caller's headers reaches upstream.
 */
export function passedThrough(
  hash: KeyedHash,
  headers: { readonly authorization?: string | undefined; readonly oauthToken?: string | undefined },
): RequestCredentials {
  const { authorization, oauthToken } = headers;
  if (oauthToken !== undefined && TOKEN.test(oauthToken)) {
    return new FixedCredentials(hash, { kind: 'oauth', token: new Secret(oauthToken) });
  }
  const basic = authorization === undefined ? undefined : canonicalBasic(authorization);
  if (basic === undefined) return MISSING_CREDENTIALS;
  return new FixedCredentials(hash, { kind: 'basic', authorization: new Secret(basic) });
}

const MISSING_MESSAGE =
  "Missing or invalid upstream credentials. Send 'Authorization: Basic ...' or X-CAP-API-OAUTH-TOKEN. A Bearer token is not accepted.";

/** @throws UNAUTHENTICATED if there are none, before any upstream call. */
export function requireCredentials(source: RequestCredentials): CredentialsSource {
  if (source === MISSING_CREDENTIALS) throw refusal('no upstream credentials', { message: MISSING_MESSAGE });
  return source;
}

/** @param kind of the secret: the key of an OAuth client is none of the tokens that callers send, even if their texts are equal */
export function identityOf(
  hash: KeyedHash,
  kind: Credentials['kind'] | 'oauth client',
  secret: string,
): CredentialsIdentity {
  return hash.of('credentials', kind, secret) as CredentialsIdentity;
}

/** A caller's credentials, or none. Their identity is only made if it is used. */
class FixedCredentials implements CredentialsSource {
  readonly areOwn: boolean;
  readonly #hash: KeyedHash;
  readonly #credentials: Credentials;
  #identity: CredentialsIdentity | undefined;

  constructor(hash: KeyedHash, credentials: Credentials) {
    this.areOwn = credentials.kind === 'none';
    this.#hash = hash;
    this.#credentials = credentials;
  }

  get identity(): CredentialsIdentity {
    this.#identity ??= identityOf(this.#hash, this.#credentials.kind, secretOf(this.#credentials));
    return this.#identity;
  }

  get account(): Account {
    return this.identity as string as Account;
  }

  obtain(): Credentials {
    return this.#credentials;
  }

  refused(): RefusedPart {
    return 'account';
  }

  accepted(): void {}
}

function secretOf(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'none':
      return '';
    case 'basic':
      return credentials.authorization.reveal();
    case 'oauth':
      return credentials.token.reveal();
  }
}
