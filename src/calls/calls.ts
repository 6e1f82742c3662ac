import { bounded, type Places } from './bounded.ts';
import { budgeted, type RateLimiter, unpaused } from './budgeted.ts';
import { cached, type PageCacheOptions } from './cached.ts';
import { type Fetch, type Policy, stack } from './call.ts';
import { type Circuits, checked, guarded } from './guarded.ts';
import { askedForTotals, type RetryBudget, repeated, retried } from './retried.ts';
import { shared } from './shared.ts';
import { transported, type Upstream } from './transported.ts';

/** What the policies need. */
export type CallsOptions = {
  /** Undefined while the cache is off. */
  readonly cache: PageCacheOptions | undefined;
  /** How often one call may be retried. */
  readonly retries: number;
  readonly retryBudget: RetryBudget;
  readonly circuits: Circuits;
  readonly places: Places;
  readonly limiter: RateLimiter;
  readonly upstream: Upstream;
};

/** Everything between a query and upstream, in the order in which a call meets it. */
export function calls(options: CallsOptions): Fetch {
  const { cache, retries, retryBudget, circuits, places, limiter, upstream } = options;
  const { events } = upstream;
  return stack(
    [
      ...on(cache && cached(cache)),
      shared(),
      askedForTotals(),
      ...on(retries > 0 && retried(retries, retryBudget)),
      repeated(),
      checked(circuits, places),
      budgeted(limiter, events),
      bounded(places, events),
      unpaused(limiter),
      guarded(circuits),
    ],
    transported(upstream),
  );
}

/** A mechanism that is off is not in the list. */
function on(policy: Policy | undefined | false): readonly Policy[] {
  return policy ? [policy] : [];
}
