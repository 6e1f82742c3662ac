import type { Cluster, Redis } from 'ioredis';
import { reasonOf } from './reason.ts';

/** Most milliseconds that an answer waits for a value that it can do without. */
const LOOKUP_MS = 40;

/** Most milliseconds that anything waits for Redis. Counts are worth more time: alone, each instance counts its share. */
const COMMAND_MS = 250;

/** Most milliseconds that a start waits for the connection, so that the first counts are shared already. */
const START_MS = 500;

/** Called when Redis fails and works again: `failed` with a few words, never with an address. */
export type RedisHealth = { failed(cause: string): void; worked(): void };

/**
 * The connection to Redis, for everything that instances share: one server, a master that Sentinels know, or a cluster.
 * Nothing depends on it: a command that finds no Redis fails at once, and one that Redis does not answer in time fails.
 */
export class SharedRedis {
  readonly client: Redis | Cluster;
  readonly #health: RedisHealth;

  constructor(client: Redis | Cluster, health: RedisHealth) {
    this.client = client;
    this.#health = health;
    client.on('error', (error) => this.reportError(error));
  }

  get isReady(): boolean {
    return this.client.status === 'ready';
  }

  /** Resolves once the first connection is established or has failed. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.client.once('ready', resolve);
      this.client.once('close', resolve);
      setTimeout(resolve, START_MS).unref();
    });
  }

  /**
   * What a command answers, for readers that prefer to go without it over waiting.
   * @throws as the command, and if it is late
   */
  withTimeout<Answer>(answer: Promise<Answer>, ms = LOOKUP_MS): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const stop = whenLate(ms, () => reject(new Error('Redis is late.')));
      answer.then(resolve, reject).finally(stop);
    });
  }

  /** What a command answers that everything else waits for. @throws as the command, and if it is late */
  inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return this.withTimeout(answer, COMMAND_MS);
  }

  /** Notes that Redis could not be used, or holds what no instance wrote. */
  reportError(error: unknown): void {
    this.#health.failed(reasonOf(error));
  }

  /** Reports that Redis works. */
  worked(): void {
    this.#health.worked();
  }

  close(): void {
    this.client.disconnect();
  }
}

/**
 * Calls back after so many milliseconds unless stopped. What has arrived by then is read first: it was this process that
 * was late, then, and not Redis.
 */
function whenLate(ms: number, onLate: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(onLate);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
