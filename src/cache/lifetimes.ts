/** For how long kept answers may be served, in milliseconds. */
export type Lifetimes = {
  /** How long an answer is served as it is. */
  readonly ttlMs: number;
  /** How long after that it is served while it is being renewed, or cannot be. */
  readonly staleMs: number;
  /** How long upstream's not knowing a customer (8015) is served; never longer than `ttlMs`. */
  readonly notFoundMs: number;
};
