import { expect, test } from 'vitest';
import { KeyedHash } from '../../src/model/keyedHash.ts';
import { Secret } from '../../src/model/redacted.ts';
import { type Credentials, OwnBasicCredentials, ownAccount } from '../../src/upstream/credentials/credentials.ts';
import { stopClock } from './support/clock.ts';

const EVERY_MS = 50;

test.for([0, 100, 600, 2000])(
  'A wrong password is sent again only after pauses that grow, also if each refusal comes after %i ms',
  (lateMs) => {
    const clock = stopClock();
    const own = new OwnBasicCredentials(
      new KeyedHash(Buffer.alloc(32)),
      ownAccount('http://upstream', 'user'),
      'user',
      new Secret('wrong'),
    );
    const inFlight: { readonly refusedAt: number; readonly credentials: Credentials; readonly customer: string }[] = [];
    const sentAt: number[] = [];
    for (let at = 0; at < 60_000; at += EVERY_MS) {
      const next = inFlight.findIndex(({ refusedAt }) => refusedAt > at);
      const refused = inFlight.splice(0, next === -1 ? inFlight.length : next);
      for (const { credentials, customer } of refused) own.refused(credentials, customer);
      try {
        const customer = `customer ${at}`;
        inFlight.push({ refusedAt: at + lateMs, credentials: own.obtain(customer), customer });
        sentAt.push(at);
      } catch {
        // It is paused.
      }
      clock.pass(EVERY_MS);
    }
    // Pauses of 0.5, 1, 2, 4, 8, 16 and 30 seconds; after each, calls go until the first is refused.
    const untilRefused = lateMs / EVERY_MS + 1;
    expect(sentAt.length).toBeLessThanOrEqual(2 + 7 * untilRefused);
    expect(sentAt.length).toBeGreaterThanOrEqual(5);
  },
);
