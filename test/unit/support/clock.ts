/** A clock that tests set, in milliseconds. */
export type Clock = {
  readonly now: () => number;
  pass(ms: number): void;
};

/** Starts a clock at 0. */
export function startClock(): Clock {
  let at = 0;
  return {
    now: () => at,
    pass(ms) {
      at += ms;
    },
  };
}
