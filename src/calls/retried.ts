import { setTimeout as sleep } from 'node:timers/promises';
import { consequencesOf, UpstreamError } from '../upstream/payload/outcome.ts';
import type { Policy } from './call.ts';

const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2000;
const WINDOW_SECONDS = 10;
/** The minimum budget in a window, so that a gateway with few calls can retry. */
const FLOOR = 5;
const SHARE = 0.1;

/**
 * Repeats a call up to `retries` times with a full-jitter backoff, while its failure is worth it and the budget allows it. The
 * operation's signal also ends the wait between attempts.
 */
export function retried(retries: number, budget: RetryBudget): Policy {
  return (next) => async (call) => {
    const { signal } = call.operation;
    budget.countCall();
    for (let retry = 0; ; retry++) {
      try {
        return await next(call);
      } catch (error) {
        if (signal.aborted || retry >= retries || !consequencesOf(error).retried || !budget.takeRetry()) throw error;
      }
      call.operation.stats.retried++;
      const backoff = Math.random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** retry);
      await sleep(backoff, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  };
}

/**
 * Repeats a call at once if what it failed of says nothing about upstream and is gone: a token that was revoked and is renewed
 * now, or a kept-alive connection that was dead. The repeated call takes its own part of the budget, and is no retry.
 */
export function repeated(): Policy {
  return (next) => async (call) => {
    let [renewed, reconnected] = [false, false];
    for (;;) {
      try {
        return await next(call);
      } catch (error) {
        if (!renewed && error instanceof UpstreamError && error.refused === 'token') renewed = true;
        else if (!reconnected && consequencesOf(error).lostConnection) reconnected = true;
        else throw error;
      }
    }
  };
}

/**
 * Some installations of upstream refuse a limit of 0 ("Limit should be greater than 0"). From the first refusal on, a call for
 * no entries asks for one, which nobody reads.
 */
export function askedForTotals(): Policy {
  let refusesLimitZero = false;
  return (next) => async (call) => {
    const { window } = call;
    if (window.limit > 0) return next(call);
    if (!refusesLimitZero) {
      try {
        return await next(call);
      } catch (error) {
        if (!consequencesOf(error).refusesLimitZero) throw error;
        refusesLimitZero = true;
      }
    }
    return next(call.of({ offset: window.offset, limit: 1 }));
  };
}

type Second = { at: number; calls: number; retries: number };

/**
 * Limits retries to a tenth of the calls of the last ten seconds, or to five if that is more. Thus retries never double the
 * load of a failing upstream.
 */
export class RetryBudget {
  readonly #seconds: Second[] = [];

  countCall(): void {
    this.#second().calls++;
  }

  /** Takes one retry from the budget; false if none is left. */
  takeRetry(): boolean {
    if (this.left() < 1) return false;
    this.#second().retries++;
    return true;
  }

  /** Retries that may still be made now. */
  left(): number {
    this.#second();
    let calls = 0;
    let retries = 0;
    for (const second of this.#seconds) {
      calls += second.calls;
      retries += second.retries;
    }
    // Calls leave the window before the retries that they allowed.
    return Math.max(0, Math.max(FLOOR, Math.floor(calls * SHARE)) - retries);
  }

  #second(): Second {
    const at = Math.floor(performance.now() / 1000);
    while (this.#seconds[0] !== undefined && this.#seconds[0].at <= at - WINDOW_SECONDS) this.#seconds.shift();
    const last = this.#seconds.at(-1);
    if (last?.at === at) return last;
    const second = { at, calls: 0, retries: 0 };
    this.#seconds.push(second);
    return second;
  }
}
