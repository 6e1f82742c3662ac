import { sha256 } from '../support/credentials.ts';

/** Everything that a page depends on: credentials, data scope and the identifier of the customer. */
export type Asker = {
  readonly authorization: string;
  readonly dataScope: string;
  readonly name: string;
  readonly value: string;
};

/** One version of a customer's list, as one asker sees it. */
export type List = {
  readonly total: number;
  readonly promotionId: (index: number) => number;
  readonly promotionName: (index: number) => string;
};

/** The list of a version. Another asker's and another version's promotions have other names, so that a mix-up shows. */
export function listOf({ authorization, dataScope, name, value }: Asker, version: number): List {
  const asker = sha256(`${authorization} ${dataScope} ${name} ${value}`).slice(0, 10);
  return {
    total: 1 + ((Number.parseInt(asker, 16) + version * 7) % 37),
    promotionId: (index) => Number.parseInt(asker, 16) * 100 + index,
    promotionName: (index) => `asker ${asker}, version ${version}, number ${index}`,
  };
}

/** The version that the name of a promotion tells. */
export function versionIn(promotionName: string): number {
  return Number(/version (\d+)/.exec(promotionName)?.[1]);
}

export const CUSTOMERS = Array.from({ length: 60 }, (_, i) => String(917_000_000_000 + i));

/** REST `customerId`, which is the same for each asker. */
export function customerIdOf(value: string): number {
  return 400_000_000 + Number(value.slice(-3));
}

type Customer = {
  /** When each version became the current one (`performance.now()`). */
  readonly changedAt: number[];
  /** No older version may be served, since an event about a later change was acknowledged. */
  acknowledged: number;
};

/** What a customer's list is at upstream, which of its changes the gateways know, and what they may serve. */
export class Truth {
  readonly #customers = new Map<string, Customer>(
    CUSTOMERS.map((value) => [value, { changedAt: [Number.NEGATIVE_INFINITY], acknowledged: 0 }]),
  );
  /** How long after a change a cached page from before it may be served, in milliseconds. */
  readonly #maxAgeMs: number;

  constructor(maxAgeMs: number) {
    this.#maxAgeMs = maxAgeMs;
  }

  version(value: string): number {
    return this.#of(value).changedAt.length - 1;
  }

  change(value: string): void {
    this.#of(value).changedAt.push(performance.now());
  }

  acknowledge(value: string, version: number): void {
    const customer = this.#of(value);
    customer.acknowledged = Math.max(customer.acknowledged, version);
  }

  acknowledged(value: string): number {
    return this.#of(value).acknowledged;
  }

  /** The oldest version that an operation that begins now may get from a cache that knows no event. */
  oldest(value: string): number {
    const since = performance.now() - this.#maxAgeMs;
    return this.#of(value).changedAt.findLastIndex((changedAt) => changedAt <= since);
  }

  #of(value: string): Customer {
    return this.#customers.get(value) as Customer;
  }
}
