import { hkdfSync, randomBytes } from 'node:crypto';
import { KeyedHash } from './keyedHash.ts';
import type { Secret } from './redacted.ts';

/** The keys derived from one secret. Each purpose has its own key, and none reveals anything about the others. */
export type Keys = {
  /** Names of callers in logs, spans and metrics. */
  readonly logNames: KeyedHash;
  /** Names of what is stored: cache entries, marks, counts. */
  readonly storeNames: KeyedHash;
  /** Ids of customers as they were looked up, which clients keep. */
  readonly customerIds: KeyedHash;
  /** 32 bytes that encrypt stored values. */
  readonly storedValues: Buffer;
};

/**
 * Keys by HKDF-SHA256: the same secret and scope give the same keys. Without a secret they are random, and only this
 * process knows them.
 * @param scope such as upstream's URL; instances with different scopes share nothing
 */
export function keysFrom(secret: Secret | undefined, scope: string): Keys {
  const material = secret === undefined ? randomBytes(32) : secret.reveal();
  const keyFor = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', material, scope, `promotions-gateway ${purpose}`, 32));
  return {
    logNames: new KeyedHash(keyFor('names in logs')),
    storeNames: new KeyedHash(keyFor('names in the store')),
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
