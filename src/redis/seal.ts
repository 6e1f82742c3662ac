import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyedHash } from '../model/keyedHash.ts';
import type { Secret } from '../model/redacted.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAC_LENGTH = 32;

/**
 * How values are written down in a store that others can reach. `open` gives back what `seal` was given under the same
 * name, and undefined for anything else: garbage, another's value, a value moved from another name.
 */
export type Seal = {
  seal(name: string, text: string): string;
  open(name: string, sealed: string): string | undefined;
};

/** 32 bytes for one purpose from a secret (HKDF-SHA256). The same secret, scope and purpose give the same key. */
export function derivedKey(secret: string, scope: string, purpose: 'hash' | 'encryption' | 'public-ids'): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, scope, `promotions-gateway ${purpose}`, 32));
}

/** Readable, but not to be forged without the hash's key. */
export function signed(hash: KeyedHash): Seal {
  return {
    seal: (name, text) => hash.of(name, text) + text,
    open: (name, sealed) => {
      const text = sealed.slice(MAC_LENGTH);
      return hash.of(name, text) === sealed.slice(0, MAC_LENGTH) ? text : undefined;
    },
  };
}

/** Encrypted with AES-256-GCM, bound to its name; base64. */
export function encrypted(secret: Secret, scope: string): Seal {
  const key = derivedKey(secret.reveal(), scope, 'encryption');
  return {
    seal(name, text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name));
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
    },
    open(name, sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
          .setAAD(Buffer.from(name))
          .setAuthTag(bytes.subarray(-TAG_BYTES));
        return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
