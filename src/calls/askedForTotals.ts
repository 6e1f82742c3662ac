import { totalsOf } from '../model/page.ts';
import { consequencesOf } from '../upstream/payload/outcome.ts';
import type { Policy } from './call.ts';

/**
 * Some installations of upstream refuse a limit of 0 ("Limit should be greater than 0"). From the first refusal on, a call for
 * no entries asks for one, which is removed.
 * @param onRefusal called at the first refusal
 */
export function askedForTotals(onRefusal: () => void): Policy {
  let refusesLimitZero = false;
  return (next) => async (call) => {
    const { window } = call;
    if (window.limit > 0) return next(call);
    if (!refusesLimitZero) {
      try {
        return await next(call);
      } catch (error) {
        if (!consequencesOf(error).refusesLimitZero) throw error;
        if (!refusesLimitZero) onRefusal();
        refusesLimitZero = true;
      }
    }
    const page = await next(call.of({ offset: window.offset, limit: 1 }));
    return { content: totalsOf(page.content, window), body: page.body, beganAt: page.beganAt };
  };
}
