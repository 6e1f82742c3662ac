import { consequencesOf } from '../upstream/payload/outcome.ts';
import type { Policy } from './call.ts';

/**
 * Repeats a call at once if what it failed of says nothing about upstream and is gone: a token that was revoked and is renewed
 * now, or a kept-alive connection that was dead. The repeated call takes its own part of the budget, and is no retry.
 */
export function repeated(): Policy {
  return (next) => async (call) => {
    for (let reconnected = false; ; ) {
      try {
        return await next(call);
      } catch (error) {
        const { refusesCredentials, lostConnection } = consequencesOf(error);
        if (refusesCredentials && (await call.source.renewed())) continue;
        if (!lostConnection || reconnected) throw error;
        reconnected = true;
      }
    }
  };
}
