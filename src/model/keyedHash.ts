import { createHmac } from 'node:crypto';

/**
 * HMAC-SHA256 under one key: what stands in keys in place of identifiers and credentials, so that neither can be read
 * or guessed from a key.
 */
export class KeyedHash {
  readonly #key: Buffer;

  /** @param key 32 random bytes; the same on every instance that shares a store. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** 32 characters of base64url for these parts in this order; no two lists of parts are mistaken for one another. */
  of(...parts: readonly string[]): string {
    const mac = createHmac('sha256', this.#key);
    mac.update(parts.map((part) => `${part.length}:${part}`).join(''));
    return mac.digest('base64url').slice(0, 32);
  }
}
