import { vi } from 'vitest';
import { Places } from '../../../src/calls/bounded.ts';
import type { GatewayError } from '../../../src/model/errors.ts';
import { callOf } from './calls.ts';
import type { SimulatedUpstream } from './simulatedUpstream.ts';

export const CEILING = 100;
export const TIMEOUT_MS = 3000;

/** Time stands still, except while `send` is running. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
}

export const startPlaces = () =>
  new Places({ max: CEILING, queueMs: 2000, timeoutMs: TIMEOUT_MS }, () => performance.now());

/** How a call ended: OK or its error's code, after how long, and when it began. */
export type Ended = { readonly code: string; readonly ms: number; readonly startedAt: number };

type Load = {
  readonly perSecond: number;
  readonly seconds: number;
  /** The callers take turns. */
  readonly callers?: number;
  /** How many calls begin at once. */
  readonly burst?: number;
  /** The calls ask for so many customers in turn; by default, each for another one. */
  readonly customers?: number;
};

/** Sends calls at a constant rate, and returns how each call ended that has ended by then. */
export async function send(
  places: Places,
  { call }: SimulatedUpstream,
  { perSecond, seconds, callers = 1, burst = 1, customers = Number.POSITIVE_INFINITY }: Load,
): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    const startedAt = performance.now();
    const end = (code: string) => ended.push({ code, ms: performance.now() - startedAt, startedAt });
    const asked = callOf({ of: `customer ${sent % customers}`, caller: `caller ${sent % callers}` });
    places.run(asked, call).then(
      () => end('OK'),
      (error: GatewayError) => end(error.code),
    );
    if ((sent + 1) % burst === 0) await vi.advanceTimersByTimeAsync((burst * 1000) / perSecond);
  }
  return ended;
}

export const withCode = (ended: readonly Ended[], wanted: string) => ended.filter(({ code }) => code === wanted);

/** The milliseconds within which this share of the calls ended. */
export function within(ended: readonly Ended[], share: number): number {
  const sorted = ended.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}
