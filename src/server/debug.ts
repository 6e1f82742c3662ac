import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { DebugPolicy } from '../config/config.ts';

/**
 * Whether a request may see what the gateway did for it: with an `x-gateway-debug` header, which holds the token where
 * one is set. Federated traces are for the same few, since they show the gateway's insides.
 */
export function debugAllowed(policy: DebugPolicy): (headers: IncomingHttpHeaders) => boolean {
  switch (policy.kind) {
    case 'off':
      return () => false;
    case 'anyone':
      return (headers) => headers['x-gateway-debug'] !== undefined;
    case 'token': {
      const expected = digest(policy.token.reveal());
      return ({ 'x-gateway-debug': given }) => typeof given === 'string' && timingSafeEqual(digest(given), expected);
    }
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
