import { expect } from 'vitest';
import {
  type Change,
  CUSTOMERS,
  type Eviction,
  KINDS,
  type Kind,
  type Part,
  type Question,
  type Step,
} from './cacheSteps.ts';
import { OTHER_BASIC } from './credentials.ts';
import { attributesEvent, customerEvent, postEvent } from './events.ts';
import { ask, BASIC, type TestGateway } from './gateway.ts';
import { outcomeOf } from './questions.ts';
import { json, pageBody, type RecordedCall, type TestUpstream, text } from './upstream.ts';

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
const NOBODY = { mobile: '919000000000', email: 'nobody@example.com' };

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
 * last refusal of the caller's credentials, and after the query itself if that requires a new page.
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
      if (!each.atOnce) await done;
    }
  } finally {
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
  /** Counts all refusals of credentials and all events. A query that saw it change learns nothing from its response. */
  #disturbances = 0;
  /** The last call before the last refusal, by credentials. */
  readonly #refusedAt = new Map<string, number>();
  /** The last call before the customer's last event that ends the pages requested by this identifier. */
  readonly #changedAt = new Map<string, number>();
  /** By customer id, the queries that certainly have a cached page. */
  readonly #cached = new Map<string, Set<string>>();
  /**
   * By customer id, the identifiers that the cache certainly knows as this customer's, since pages of the customer are cached.
   * After an eviction it need not know them for pages of later calls than this.
   */
  readonly #linked = new Map<string, Map<Kind, number>>();
  readonly #queriesInFlight = new Map<string, number>();

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
      this.#disturbances++;
      const cached = this.#cached.get(number);
      cached?.delete(`${authorization} ${scope} ${identifierValue}`);
      if (cached?.size === 0) this.#linked.delete(number);
      return text('', 401);
    }
    const promotionName = JSON.stringify({ authorization, scope, number, identifierName, call: ++this.#calls });
    return json({ ...pageBody(1, 0, 1, number), promotions: [{ promotionId: 1, promotionName }] });
  }

  async play(step: Step): Promise<void> {
    this.#stepsInFlight++;
    if (step.kind === 'refuse') this.#refused.add(CALLERS[step.caller] ?? '');
    else if (step.kind === 'accept') this.#refused.delete(CALLERS[step.caller] ?? '');
    else if (step.kind === 'event') await this.#change(step);
    else if (step.kind === 'ask') await this.#askRepeatedly(step);
    else if (step.kind === 'evict') await this.#evictSome(step);
    this.#stepsInFlight--;
  }

  async #change({ gateway, customer, names, sources, shape }: Change): Promise<void> {
    const before = this.#calls;
    const number = this.#valueOf(customer, 'ID');
    const knownUntil = () =>
      Math.max(...names.map((name) => (name === 'ID' ? before : (this.#linked.get(number)?.get(name) ?? 0))));
    const knownBefore = knownUntil();
    this.#disturbances++;
    const { ID: customerId, ...others } = Object.fromEntries(
      names.map((name) => [name, this.#valueOf(customer, name)]),
    );
    const own = Object.fromEntries(Object.entries(others).map(([name, value]) => [name.toLowerCase(), value]));
    const bySource = sources.map((source, i) => [source, i === sources.length - 1 ? own : NOBODY]);
    const identifiers = { ...(customerId && { customerId: Number(customerId) }), ...Object.fromEntries(bySource) };
    const event = shape === 'plain' ? customerEvent(identifiers) : attributesEvent(identifiers);
    const { status } = await postEvent(this.#gateway(gateway).origin, event);
    expect(status).toBe(202);
    // An identifier that no cached page was requested by can be anyone's, so the event ends only the pages requested by it later.
    const known = Math.min(before, knownBefore, knownUntil());
    for (const kind of KINDS) {
      const value = this.#valueOf(customer, kind);
      this.#changedAt.set(value, Math.max(this.#changedAt.get(value) ?? 0, names.includes(kind) ? before : known));
    }
  }

  async #evictSome(step: Eviction): Promise<void> {
    // A page that is being fetched is stored after the eviction, with a smaller number than this.
    if (this.#evict === undefined || this.#stepsInFlight > 1) return;
    this.#cached.clear();
    for (const links of this.#linked.values()) {
      for (const [kind, until] of links) links.set(kind, Math.min(until, this.#calls));
    }
    await this.#evict(step);
  }

  async #askRepeatedly(question: Question): Promise<void> {
    const isAlone = this.#stepsInFlight === 1 && !question.atOnce;
    let isStored = false;
    for (const [index, debug] of question.debug.entries()) {
      if (isAlone && isStored) this.#outcome.repeats++;
      if (!(await this.#ask(question, debug, question.anew && index === 0))) return;
      isStored ||= !debug;
    }
  }

  /** Returns whether upstream accepted the credentials. */
  async #ask({ gateway, caller, scope: scopeIndex, parts }: Question, debug: boolean, anew: boolean): Promise<boolean> {
    const authorization = CALLERS[caller] ?? '';
    const scope = SCOPES[scopeIndex] ?? '';
    const keyOf = (part: Part) => `${authorization} ${scope} ${this.#valueOf(part.customer, part.by)}`;
    const keys = new Set(parts.map(keyOf));
    const before = this.#calls;
    const disturbances = this.#disturbances;
    const wasRefused = this.#refused.has(authorization);
    const floors = parts.map((part) =>
      Math.max(
        this.#changedAt.get(this.#valueOf(part.customer, part.by)) ?? 0,
        this.#refusedAt.get(authorization) ?? 0,
        anew ? before : 0,
      ),
    );
    for (const key of keys) this.#queriesInFlight.set(key, (this.#queriesInFlight.get(key) ?? 0) + 1);
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
    for (const key of keys) this.#queriesInFlight.set(key, (this.#queriesInFlight.get(key) ?? 0) - 1);
    const isUndisturbed = this.#disturbances === disturbances;
    if (outcomeOf(answer) === 'UNAUTHENTICATED') {
      expect(wasRefused || !isUndisturbed).toBe(true);
      this.#refusedAt.set(authorization, Math.max(this.#refusedAt.get(authorization) ?? 0, before));
      return false;
    }
    expect(answer.errors).toBe(undefined);
    for (const [i, part] of parts.entries()) {
      const { call, identifierName, ...rest } = JSON.parse(answer.data[`c${i}`].promotions.items[0].name);
      expect(rest).toEqual({ authorization, scope, number: this.#valueOf(part.customer, 'ID') });
      expect(identifierName).toBe(part.by.toLowerCase());
      expect(call).toBeGreaterThan(floors[i] ?? 0);
      if (call > before) continue;
      this.#outcome.hits++;
      const isSure = isUndisturbed && this.#queriesInFlight.get(keyOf(part)) === 0;
      if (!isSure) continue;
      this.#cached.set(rest.number, (this.#cached.get(rest.number) ?? new Set()).add(keyOf(part)));
      const links = this.#linked.get(rest.number) ?? new Map<Kind, number>();
      this.#linked.set(rest.number, links.set(part.by, Number.POSITIVE_INFINITY));
    }
    return true;
  }

  #field(part: Part, index: number): string {
    const identifier = `{ name: ${part.by}, value: "${this.#valueOf(part.customer, part.by)}" }`;
    return `c${index}: customer(identifier: ${identifier}, source: INSTORE) { promotions(limit: 1) { items { name } } }`;
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
