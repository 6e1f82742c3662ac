import { hash, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from './redacted.ts';

/** The bytes of a block and of a digest of SHA-256. */
const BLOCK = 64;
const DIGEST = 32;

/**
 * HMAC-SHA256 (RFC 2104) under one secret key. Keys and names contain these hashes instead of identifiers and credentials, so
 * that neither can be read or guessed from them. It is made of two digests, since each call of an operation takes several, and
 * `createHmac` makes an object for each, which took twice as long in profiles.
 */
export class KeyedHash {
  readonly #inner: Buffer;
  /** The second block and, behind it, the digest of the first. */
  readonly #outer: Buffer;

  /** @param key 32 random bytes; the same on every instance that shares a store. */
  constructor(key: Buffer) {
    this.#inner = paddedKey(key, 0x36);
    this.#outer = Buffer.concat([paddedKey(key, 0x5c), Buffer.alloc(DIGEST)]);
  }

  /** 32 characters of base64url (192 bits) for these parts in this order. Different lists of parts are hashed differently. */
  of(...parts: readonly string[]): string {
    let text = '';
    for (const part of parts) text += `${part.length}:${part}`;
    // A digest as text costs half as much as one as a Buffer.
    const inner = hash('sha256', Buffer.concat([this.#inner, Buffer.from(text)]), 'hex');
    this.#outer.write(inner, BLOCK, 'hex');
    return hash('sha256', this.#outer, 'base64url').slice(0, 32);
  }
}

function paddedKey(key: Buffer, pad: number): Buffer {
  return Buffer.from(Array.from({ length: BLOCK }, (_, at) => (key[at] ?? 0) ^ pad));
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
