import { createHash } from 'node:crypto';
import { expect } from 'vitest';

export const MOBILE = '919876501234';
export const EMAIL = 'Seeded.Person@private.example';
export const EXTERNAL_ID = 'seeded-external-id-77';
export const CUSTOMER_ID = '770077007700';
export const PASSWORD = 'seeded-password';
const PASSWORD_MD5 = createHash('md5').update(PASSWORD).digest('hex');
export const BASIC = Buffer.from(`seeded-user:${PASSWORD_MD5}`).toString('base64');
export const TOKEN = 'seeded-oauth-token';
export const KEY = 'seeded-api-key';
export const OAUTH_SECRET = 'seeded-oauth-secret';
export const DEBUG_TOKEN = 'seeded-debug-token';
const SEEDS = [
  MOBILE,
  MOBILE.slice(2),
  EMAIL,
  EMAIL.toLowerCase(),
  encodeURIComponent(EMAIL),
  EXTERNAL_ID,
  CUSTOMER_ID,
  PASSWORD,
  PASSWORD_MD5,
  BASIC,
  'seeded',
];

/** Fails with the name of the first text that holds a private value. */
export function expectClean(texts: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(texts)) {
    for (const seed of SEEDS) {
      expect(text.toLowerCase().includes(seed.toLowerCase()), `${name} holds ${seed}: ${around(text, seed)}`).toBe(
        false,
      );
    }
  }
}

function around(text: string, seed: string): string {
  const at = text.toLowerCase().indexOf(seed.toLowerCase());
  return at < 0 ? '' : text.slice(Math.max(0, at - 120), at + 60);
}
