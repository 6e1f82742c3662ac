import { addressKey } from './addresses.ts';

const WINDOW_MS = 60_000;
/** A share of fewer requests says nothing. */
const MIN_REQUESTS = 60;
/** Addresses that are counted separately in a minute. All later ones are only counted together. */
const MAX_ADDRESSES = 10_000;

/** Which share of the requests to /graphql one client address sends, by whole minutes. It shows no address. */
export class BusiestAddress {
  #counts = new Map<string, number>();
  #total = 0;
  #busiest = 0;
  #until = performance.now() + WINDOW_MS;
  #share: number | undefined;

  count(address: string): void {
    this.#roll();
    const key = addressKey(address);
    this.#total++;
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count > 1 || this.#counts.size < MAX_ADDRESSES) this.#counts.set(key, count);
    this.#busiest = Math.max(this.#busiest, count);
  }

  /** The share in the last whole minute, 0 to 1; undefined if it had fewer than 60 requests. */
  share(): number | undefined {
    this.#roll();
    return this.#share;
  }

  #roll(): void {
    const now = performance.now();
    if (now < this.#until) return;
    const isLast = now < this.#until + WINDOW_MS;
    this.#share = isLast && this.#total >= MIN_REQUESTS ? this.#busiest / this.#total : undefined;
    this.#counts = new Map();
    this.#total = 0;
    this.#busiest = 0;
    this.#until = now + WINDOW_MS;
  }
}
