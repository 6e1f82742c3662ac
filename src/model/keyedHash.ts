import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/**
 * HMAC-SHA256 under one secret key. Keys and names contain these hashes instead of identifiers and credentials, so that
 * neither can be read or guessed from them.
 */
export class KeyedHash {
  readonly #key: KeyObject;

  /** @param key 32 random bytes; the same on every instance that shares a store. */
  constructor(key: Buffer) {
    // Made once: with the bytes instead, each hash takes six times as long.
    this.#key = createSecretKey(key);
  }

  /** 32 characters of base64url (192 bits) for these parts in this order. Different lists of parts are hashed differently. */
  of(...parts: readonly string[]): string {
    const text = parts.map((part) => `${part.length}:${part}`).join('');
    return createHmac('sha256', this.#key).update(text).digest('base64url').slice(0, 32);
  }
}
