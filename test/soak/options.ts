import { parseArgs } from 'node:util';

export type SoakOptions = {
  /** Undefined: until Ctrl-C. */
  readonly minutes: number | undefined;
  readonly seed: number;
  readonly hostileRequests: number;
  readonly clients: number;
  /** Each client waits up to this before each operation. */
  readonly longestPauseMs: number;
  /** How often each victim is struck, and a customer changes, on average. */
  readonly strikeEveryMs: number;
  readonly changeEveryMs: number;
  readonly sampleEveryMs: number;
  /** How much larger the memory of the gateway may become. */
  readonly maxGrowthMb: number;
};

/** On a busy machine a process gets its first ten thousand operations, and so its size, only after minutes. */
const OF_A_COLD_PROCESS_MB = 120;
const OF_A_WARM_PROCESS_MB = 30;

const USUAL = {
  hostileRequests: 3000,
  clients: 32,
  longestPauseMs: 100,
  strikeEveryMs: 6000,
  changeEveryMs: 200,
  sampleEveryMs: 1000,
};
const SHORT = { ...USUAL, hostileRequests: 300, strikeEveryMs: 3500, sampleEveryMs: 250 };

/** `--short` for half a minute, `--long` until Ctrl-C, `--minutes=60`; 5 minutes without. `--seed=7` repeats the order of all. */
export function readOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean' },
      long: { type: 'boolean' },
      minutes: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) : wholeNumber('seed', values.seed);
  if (values.short) return { ...SHORT, minutes: 0.4, seed, maxGrowthMb: OF_A_COLD_PROCESS_MB };
  const minutes = values.minutes === undefined ? 5 : wholeNumber('minutes', values.minutes);
  const isLong = values.long || minutes >= 30;
  const maxGrowthMb = isLong ? OF_A_WARM_PROCESS_MB : OF_A_COLD_PROCESS_MB;
  return { ...USUAL, minutes: values.long ? undefined : minutes, seed, maxGrowthMb };
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} must be a number of at least 1, got ${text}.`);
  return Number(text);
}
