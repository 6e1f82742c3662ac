import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;

/**
 * HMAC-SHA256 under one secret key. Keys and names contain these hashes instead of identifiers and credentials, so that
 * neither can be read or guessed from them. A call needs several of them, and Node's createHmac takes five times as long as
 * two digests: they are composed here as RFC 2104 says.
 */
export class KeyedHash {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  /** @param key 32 random bytes; the same on every instance that shares a store. */
  constructor(key: Buffer) {
    const block = Buffer.alloc(BLOCK_BYTES);
    key.copy(block);
    this.#inner = Buffer.from(block.map((byte) => byte ^ 0x36));
    this.#outer = Buffer.from(block.map((byte) => byte ^ 0x5c));
  }

  /** 32 characters of base64url (192 bits) for these parts in this order. Different lists of parts are hashed differently. */
  of(...parts: readonly string[]): string {
    let text = '';
    for (const part of parts) text += `${part.length}:${part}`;
    const inner = hash('sha256', Buffer.concat([this.#inner, Buffer.from(text)]), 'buffer');
    return hash('sha256', Buffer.concat([this.#outer, inner]), 'base64url').slice(0, 32);
  }
}
