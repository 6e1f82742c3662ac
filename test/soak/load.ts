import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from './figures.ts';
import type { Gateway, Instance } from './instances.ts';
import { type Answer, pickOperation, type SoakOperation } from './operations.ts';
import { pick, type Random } from './random.ts';
import type { Truth } from './truth.ts';

const LEAVING_SHARE = 0.02;
const PATIENCE_MS = 20_000;

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

  /** Sends one operation and checks its response. */
  async send(instance: Instance, { headers, body, judge }: SoakOperation): Promise<void> {
    const leaving = this.#random() < LEAVING_SHARE;
    const signal = AbortSignal.timeout(leaving ? Math.ceil(this.#random() * 15) : PATIENCE_MS);
    const check = judge();
    try {
      const response = await post(`${instance.origin}/graphql`, headers, body, signal);
      this.#count((await response.json()) as Answer, check);
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
