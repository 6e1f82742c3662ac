import { createHash } from 'node:crypto';
import { GatewayError } from '../../model/errors.ts';
import type { KeyedHash } from '../../model/keyedHash.ts';
import { Secret } from '../../model/redacted.ts';
import {
  type Account,
  type Credentials,
  type CredentialsIdentity,
  type CredentialsSource,
  identityOf,
  OWN_REFUSED,
} from './credentials.ts';
import { Pause } from './pause.ts';

/** After so many refusals without a success between them, it is not one customer that upstream refuses. */
const REFUSED_IN_A_ROW = 3;

/**
 * The gateway's own user. After some refusals in a row there is a pause in which calls fail at once, and each further refusal
 * makes it longer: a wrong password that is sent again and again may lock the account.
 */
export class OwnBasicCredentials implements CredentialsSource {
  readonly identity: CredentialsIdentity;
  readonly account: Account;
  readonly areOwn = true;
  readonly #credentials: Credentials;
  readonly #pause: Pause;
  #refusals = 0;

  /** @param password upstream requires it as its md5 in hex */
  constructor(hash: KeyedHash, account: Account, username: string, password: Secret) {
    const digest = createHash('md5').update(password.reveal()).digest('hex');
    const authorization = `Basic ${Buffer.from(`${username}:${digest}`).toString('base64')}`;
    this.identity = identityOf(hash, 'basic', authorization);
    this.account = account;
    this.#credentials = { kind: 'basic', authorization: new Secret(authorization) };
    this.#pause = new Pause(
      () => performance.now(),
      (retryAfterSeconds) =>
        new GatewayError('UNAUTHENTICATED', { message: OWN_REFUSED, retryAfterSeconds, cause: 'password refused' }),
    );
  }

  /** @throws UNAUTHENTICATED during a pause */
  obtain(): Credentials {
    this.#pause.check();
    return this.#credentials;
  }

  /** Calls that were in flight when a pause began do not make it longer. */
  refused(): void {
    if (++this.#refusals >= REFUSED_IN_A_ROW && this.#pause.isOver) this.#pause.begin();
  }

  async renewed(): Promise<boolean> {
    return false;
  }

  accepted(): void {
    this.#refusals = 0;
    this.#pause.reset();
  }
}
