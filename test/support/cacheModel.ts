import { expect } from 'vitest';
import {
  type Change,
  CUSTOMERS,
  type Eviction,
  type Kind,
  NAMELESS,
  type Part,
  type Question,
  type Step,
} from './cacheSteps.ts';
import { OTHER_BASIC } from './credentials.ts';
import { attributesEvent, customerEvent, postEvent } from './events.ts';
import { ask, BASIC, type TestGateway } from './gateway.ts';
import { outcomeOf } from './questions.ts';
import { after, json, pageBody, type RecordedCall, type TestUpstream, text } from './upstream.ts';

/** The settings of the model's gateways. */
export const MODEL_SETTINGS = {
  CACHE_TTL_SECONDS: '600',
  CACHE_STALE_SECONDS: '600',
  CACHE_CLIENT_CONTROL: 'all',
  UPSTREAM_RETRIES: '0',
  METRICS: 'true',
  // Runs are many and fast, and must reach neither the budget nor the adaptive limit.
  UPSTREAM_REQUESTS_PER_MINUTE: '1000000',
};

const CALLERS = [BASIC, OTHER_BASIC] as const;
const SCOPES = ['SELF', 'ALL'] as const;

/** Evicts keys of the store. A store that cannot do this does nothing. */
export type Evict = (eviction: Eviction) => Promise<void>;

/** What the cache did in runs. */
export type Outcome = {
  /** Pages of responses that came from the cache. */
  hits: number;
  /** Queries that were repeated while nothing else happened, so that their whole response had to be cached. */
  repeats: number;
};

let runs = 0;

/**
 * Runs these steps against two gateways and checks each response. It must belong to the caller, data scope and customer of the
 * query. Its call must have reached upstream after the customer's last event that was acknowledged before the query, after the
 * last refusal of the caller's credentials, and after the query itself if that requires a new page or the customer is nameless.
 */
export async function play(
  upstream: TestUpstream,
  gateways: readonly [TestGateway, TestGateway],
  given: readonly Step[],
  outcome: Outcome,
  evict?: Evict,
): Promise<void> {
  const run = new Run(gateways, outcome, evict);
  upstream.reply((call, response) => run.reply(call)(call, response));
  const pending: Promise<void>[] = [];
  try {
    for (const each of given) {
      const done = run.play(each);
      // It is awaited below, but may fail before.
      done.catch(() => {});
      pending.push(done);
      if (!each.atOnce && !(run.isHeld && each.kind === 'ask')) await done;
    }
  } finally {
    run.release();
    await Promise.allSettled(pending);
  }
  await Promise.all(pending);
}

/** One run: what upstream received, and from when on a page may be served. */
class Run {
  readonly #number = ++runs;
  readonly #gateways: readonly [TestGateway, TestGateway];
  readonly #outcome: Outcome;
  readonly #evict: Evict | undefined;
  /** How many calls upstream has answered. Each page holds the number of its call. */
  #calls = 0;
  #stepsInFlight = 0;
  readonly #refused = new Set<string>();
  /** The last call before the last refusal, by credentials. */
  readonly #refusedAt = new Map<string, number>();
  /** The last call before the last event, by customer id. */
  readonly #changedAt = new Map<string, number>();
  #held = Promise.withResolvers<void>();
  isHeld = false;
  /** Counts all refusals of credentials. */
  #refusals = 0;

  constructor(gateways: readonly [TestGateway, TestGateway], outcome: Outcome, evict: Evict | undefined) {
    this.#gateways = gateways;
    this.#evict = evict;
    this.#outcome = outcome;
  }

  reply(call: RecordedCall) {
    const { identifierName = '', identifierValue = '' } = call.query;
    const authorization = call.headers.authorization ?? '';
    const scope = String(call.headers['data-scope']);
    const number = /7\d{8}/.exec(identifierValue)?.[0] ?? '';
    if (this.#refused.has(authorization)) {
      this.#refusals++;
      return text('', 401);
    }
    const promotionName = JSON.stringify({ authorization, scope, number, identifierName, call: ++this.#calls });
    const customerId = this.#isNameless(number) ? undefined : number;
    const body = { ...pageBody(1, 0, 1), customerId, promotions: [{ promotionId: 1, promotionName }] };
    return this.isHeld ? after(this.#held.promise, json(body)) : json(body);
  }

  release(): void {
    this.isHeld = false;
    this.#held.resolve();
    this.#held = Promise.withResolvers();
  }

  async play(step: Step): Promise<void> {
    this.#stepsInFlight++;
    if (step.kind === 'refuse') this.#refused.add(CALLERS[step.caller] ?? '');
    else if (step.kind === 'accept') this.#refused.delete(CALLERS[step.caller] ?? '');
    else if (step.kind === 'hold') this.isHeld = true;
    else if (step.kind === 'release') this.release();
    else if (step.kind === 'event') await this.#change(step);
    else if (step.kind === 'ask') await this.#askRepeatedly(step);
    else if (step.kind === 'evict') await this.#evictSome(step);
    this.#stepsInFlight--;
  }

  async #change({ gateway, customer, sources, shape }: Change): Promise<void> {
    const before = this.#calls;
    const customerId = this.#valueOf(customer, 'ID');
    const others = { mobile: this.#valueOf(customer, 'MOBILE'), email: this.#valueOf(customer, 'EMAIL') };
    const identifiers = {
      customerId: Number(customerId),
      ...Object.fromEntries(sources.map((name) => [name, others])),
    };
    const event = shape === 'plain' ? customerEvent(identifiers) : attributesEvent(identifiers);
    const { status } = await postEvent(this.#gateway(gateway).origin, event);
    expect(status).toBe(202);
    this.#changedAt.set(customerId, Math.max(this.#changedAt.get(customerId) ?? 0, before));
  }

  async #evictSome(step: Eviction): Promise<void> {
    // A page that is being fetched may be stored after an eviction of the mark that forbids it.
    if (this.#evict !== undefined && this.#stepsInFlight === 1) await this.#evict(step);
  }

  async #askRepeatedly(question: Question): Promise<void> {
    const isAlone = this.#stepsInFlight === 1 && !question.atOnce;
    const isNamed = question.parts.every(({ customer }) => customer !== NAMELESS);
    let isStored = false;
    for (const [index, debug] of question.debug.entries()) {
      if (isAlone && isStored && isNamed) this.#outcome.repeats++;
      if (!(await this.#ask(question, debug, question.anew && index === 0))) return;
      isStored ||= !debug;
    }
  }

  /** Returns whether upstream accepted the credentials. */
  async #ask({ gateway, caller, scope: scopeIndex, parts }: Question, debug: boolean, anew: boolean): Promise<boolean> {
    const authorization = CALLERS[caller] ?? '';
    const scope = SCOPES[scopeIndex] ?? '';
    const before = this.#calls;
    const refusals = this.#refusals;
    const wasRefused = this.#refused.has(authorization);
    const floors = parts.map((part) =>
      Math.max(
        this.#changedAt.get(this.#valueOf(part.customer, 'ID')) ?? 0,
        this.#refusedAt.get(authorization) ?? 0,
        anew || part.customer === NAMELESS ? before : 0,
      ),
    );
    const answer = await ask(
      this.#gateway(gateway).url,
      `{ ${parts.map((part, i) => this.#field(part, i)).join(' ')} }`,
      {
        headers: {
          authorization,
          'data-scope': scope,
          ...(debug && { 'x-gateway-debug': '1' }),
          ...(anew && { 'cache-control': 'no-cache' }),
        },
      },
    );
    if (outcomeOf(answer) === 'UNAUTHENTICATED') {
      expect(wasRefused || this.#refusals > refusals).toBe(true);
      this.#refusedAt.set(authorization, Math.max(this.#refusedAt.get(authorization) ?? 0, before));
      return false;
    }
    expect(answer.errors).toBe(undefined);
    for (const [i, part] of parts.entries()) {
      const { call, identifierName, ...rest } = JSON.parse(answer.data[`c${i}`].promotions.items[0].name);
      expect(rest).toEqual({ authorization, scope, number: this.#valueOf(part.customer, 'ID') });
      expect(identifierName).toBe(part.by.toLowerCase());
      expect(call).toBeGreaterThan(floors[i] ?? 0);
      if (call <= before) this.#outcome.hits++;
    }
    return true;
  }

  #field(part: Part, index: number): string {
    const identifier = `{ name: ${part.by}, value: "${this.#valueOf(part.customer, part.by)}" }`;
    return `c${index}: customer(identifier: ${identifier}, source: INSTORE) { promotions(limit: 1) { items { name } } }`;
  }

  #isNameless(customerId: string): boolean {
    return customerId === this.#valueOf(NAMELESS, 'ID');
  }

  #gateway(index: number): TestGateway {
    return this.#gateways[index === 0 ? 0 : 1];
  }

  /** The value of a customer's identifier. No two runs share customers. */
  #valueOf(customer: number, kind: Kind): string {
    const number = `${700_000_000 + this.#number * CUSTOMERS + customer}`;
    switch (kind) {
      case 'ID':
        return number;
      case 'MOBILE':
        return `91${number}`;
      case 'EMAIL':
        return `c${number}@example.com`;
    }
  }
}
