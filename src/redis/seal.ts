import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Protects values in a store that others can access. `open` returns the value that was sealed under the same name, and
 * undefined for anything else, such as garbage or a value of another name.
 */
export type Seal = {
  seal(name: string, content: Buffer): Buffer;
  open(name: string, sealed: Buffer): Buffer | undefined;
};

/**
 * Encrypts with AES-256-GCM, bound to the value's name.
 * @param key 32 bytes
 */
export function encrypted(key: Buffer): Seal {
  return {
    seal(name, content) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name));
      return Buffer.concat([iv, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
    },
    open(name, sealed) {
      if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
          .setAAD(Buffer.from(name))
          .setAuthTag(sealed.subarray(-TAG_BYTES));
        return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
