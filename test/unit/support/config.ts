import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import { ConfigError } from '../../../src/config/configError.ts';

/** Valid settings for each AUTH_MODE. */
export const SHA256 = 'a'.repeat(64);
export const JWT = {
  AUTH_MODE: 'jwt',
  AUTH_JWKS_URL: 'https://login.example/keys?p=customers',
  AUTH_ISSUER: 'https://login.example/',
  AUTH_AUDIENCE: 'promotions',
  AUTH_CUSTOMER_CLAIMS: 'mobile=phone_number',
};
export const BASIC = { UPSTREAM_AUTH: 'basic', UPSTREAM_USERNAME: 'till', UPSTREAM_PASSWORD: 'hush-hush' };
export const OAUTH = { UPSTREAM_AUTH: 'oauth', UPSTREAM_OAUTH_KEY: 'key', UPSTREAM_OAUTH_SECRET: 'hush-hush' };
export const keys = (setting: string) => ({ AUTH_MODE: 'api-key', AUTH_API_KEYS: setting });

/** A file with this content, for the test that is running. */
export function fileWith(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'file');
  writeFileSync(file, content);
  return file;
}

/** The message of the error for these variables. */
export function complaint(env: Record<string, string>): string {
  try {
    parseConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('The start was not refused.');
}
