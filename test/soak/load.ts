import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../oracle/lists.ts';
import { type Ask, visit } from '../oracle/visit.ts';
import type { Tally } from './figures.ts';
import type { Gateway, Instance } from './instances.ts';
import { type Answer, pickOperation, type SoakOperation } from './operations.ts';
import { pick, type Random } from './random.ts';
import type { Truth } from './truth.ts';

const LEAVING_SHARE = 0.02;
const PATIENCE_MS = 60_000;
/** What an operation may get instead of an answer while upstream and Redis fail, and by the limits of the gateways. */
const EXCUSED = [
  'CUSTOMER_NOT_FOUND',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_OVERLOADED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_INVALID_RESPONSE',
  'OPERATION_TOO_EXPENSIVE',
  'OVERLOADED',
];

/** Clients that send operations to any instance that serves. */
export class Clients {
  readonly #gateways: readonly Gateway[];
  readonly #truth: Truth;
  readonly #random: Random;
  readonly #tally: Tally;

  constructor(gateways: readonly Gateway[], truth: Truth, random: Random, tally: Tally) {
    this.#gateways = gateways;
    this.#truth = truth;
    this.#random = random;
    this.#tally = tally;
  }

  get serving(): readonly Instance[] {
    return this.#gateways.flatMap(({ serving }) => serving ?? []);
  }

  /** So many clients send operations until no instance serves. Resolves once all have their response. */
  async load(clients: number, longestPauseMs: number): Promise<void> {
    const client = async () => {
      for (;;) {
        const { serving } = this;
        if (serving.length === 0) return;
        await this.send(pick(this.#random, serving), pickOperation(this.#truth, this.#random));
        await sleep(this.#random() * longestPauseMs);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  /** One client asks what the oracle makes up, until no instance serves. */
  async visit(world: World, seed: number, longestPauseMs: number): Promise<void> {
    const ask: Ask = async (body, headers) => {
      const { serving } = this;
      if (serving.length === 0) return undefined;
      let got: Answer | undefined;
      const judge = () => (answer: Answer) => {
        got = answer;
        return undefined;
      };
      await this.send(pick(this.#random, serving), { headers, body, judge });
      await sleep(this.#random() * longestPauseMs);
      return got;
    };
    for (let i = 0; this.serving.length > 0; i++) {
      const { found } = await visit(ask, world, `${seed}/${i}`, EXCUSED);
      for (const difference of found) this.#tally.fault({ kind: 'wrong', what: JSON.stringify(difference) });
    }
  }

  /** Sends one operation and checks its response. */
  async send(instance: Instance, { headers, body, judge }: SoakOperation): Promise<void> {
    const leaving = this.#random() < LEAVING_SHARE;
    const signal = AbortSignal.timeout(leaving ? Math.ceil(this.#random() * 15) : PATIENCE_MS);
    const check = judge();
    const sentAt = performance.now();
    try {
      const response = await post(`${instance.origin}/graphql`, headers, body, signal);
      this.#count((await response.json()) as Answer, check);
      this.#tally.slowestMs = Math.max(this.#tally.slowestMs, performance.now() - sentAt);
    } catch (error) {
      if (leaving && signal.aborted) this.#tally.left++;
      else this.noAnswer(instance, error);
    }
  }

  /** Counts a request without an answer: only a killed process may give none. */
  noAnswer({ state, origin }: Instance, error: unknown): void {
    if (state === 'killed') this.#tally.lostInKills++;
    else this.#tally.fault({ kind: 'lost', what: `${origin} ${state}: ${(error as Error).cause ?? error}` });
  }

  #count(answer: Answer, check: ReturnType<SoakOperation['judge']>): void {
    this.#tally.answered++;
    if (answer.errors === undefined) this.#tally.clean++;
    for (const { extensions } of answer.errors ?? []) this.#tally.codes.add(String(extensions?.code));
    const fault = check(answer);
    if (fault !== undefined) this.#tally.fault(fault);
  }
}

/** @throws without an answer */
export function post(
  url: string,
  headers: Record<string, string>,
  body: object,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  });
}
