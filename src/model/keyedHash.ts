import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import type { Secret } from './redacted.ts';

/**
 * HMAC-SHA256 under one secret key. Keys and names contain these hashes instead of identifiers and credentials, so that neither
 * can be read or guessed from them.
 */
export class KeyedHash {
  readonly #key: KeyObject;

  /** @param key 32 random bytes; the same on every instance that shares a store. */
  constructor(key: Buffer) {
    this.#key = createSecretKey(key);
  }

  /** 32 characters of base64url (192 bits) for these parts in this order. Different lists of parts are hashed differently. */
  of(...parts: readonly string[]): string {
    let text = '';
    for (const part of parts) text += `${part.length}:${part}`;
    return createHmac('sha256', this.#key).update(text).digest('base64url').slice(0, 32);
  }
}

/** The keys derived from one secret. Each purpose has its own key, and none reveals anything about the others. */
export type Keys = {
  /** Names of callers in logs, spans and metrics. */
  readonly logNames: KeyedHash;
  /** Names of what is stored: credentials, marks, counts. */
  readonly storeNames: KeyedHash;
  /** Names of the queries whose pages are stored. */
  readonly queries: KeyedHash;
  /** Ids of customers as they were looked up, which clients keep. */
  readonly customerIds: KeyedHash;
  /** 32 bytes that encrypt stored values. */
  readonly storedValues: Buffer;
};

/**
 * Keys by HKDF-SHA256: the same secret and scope give the same keys. Without a secret they are random, and only this
 * process knows them.
 * @param scope such as upstream's URL; instances with different scopes share nothing
 * @param lookup how upstream is called; instances that differ in it, such as during a change of settings, share no pages
 */
export function keysFrom(
  secret: Secret | undefined,
  scope: string,
  { path, orgHeader }: { readonly path: string; readonly orgHeader: string },
): Keys {
  const material = secret === undefined ? randomBytes(32) : secret.reveal();
  const keyFor = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', material, scope, `promotions-gateway ${purpose}`, 32));
  return {
    logNames: new KeyedHash(keyFor('names in logs')),
    storeNames: new KeyedHash(keyFor('names in the store')),
    queries: new KeyedHash(keyFor(`queries ${orgHeader} ${path}`)),
    customerIds: new KeyedHash(keyFor('ids of customers')),
    storedValues: keyFor('values in the store'),
  };
}

/**
 * The key of the ids and cursors that clients keep: the same on every instance and after every restart, whatever is
 * upstream, and a secret only if there is one.
 */
export function publicIdsHash(secret: Secret | undefined): KeyedHash {
  return new KeyedHash(
    Buffer.from(hkdfSync('sha256', secret?.reveal() ?? '', '', 'promotions-gateway public ids', 32)),
  );
}
