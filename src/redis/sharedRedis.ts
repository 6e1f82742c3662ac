import type { Cluster, Redis } from 'ioredis';
import { reasonOf } from './reason.ts';

/** The longest wait for a value that a response does not need, in milliseconds. */
const SOON_MS = 40;

/**
 * The longest wait for Redis, in milliseconds. Shared counts are worth waiting longer for: without Redis, each instance
 * counts only its own.
 */
const IN_TIME_MS = 250;

/** The longest wait for the connection at the start, in milliseconds, so that already the first counts are shared. */
const START_MS = 500;

/** The pause before a client that has given up connects again, in milliseconds. */
const AGAIN_MS = 1000;

/** Called when Redis fails and when it works again. `cause` is a few words, never an address. */
export type RedisHealth = { failed(cause: string): void; worked(): void };

/**
 * The connection to Redis, for everything that instances share. Redis is one server, a master that Sentinels know, or a
 * cluster. The gateway also works without it: a command fails at once without a connection, and fails if it is late.
 */
export class SharedRedis {
  readonly client: Redis | Cluster;
  readonly #health: RedisHealth;
  #closed = false;

  constructor(client: Redis | Cluster, health: RedisHealth) {
    this.client = client;
    this.#health = health;
    client.on('error', (error) => {
      this.reportError(error);
      // The client would go on in database 0, among the keys of others.
      if (error.command?.name === 'select') client.disconnect(true);
    });
    client.on('ready', () => health.worked());
    client.on('end', () => this.#connectAgain());
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

  /** The result of a command that a response rather does without than waits for. @throws as `inTime`, but sooner */
  soon<Result>(result: Promise<Result>): Promise<Result> {
    return this.#within(SOON_MS, result);
  }

  /** The result of a command that is worth a longer wait. @throws what the command throws, or Error if it is late */
  inTime<Result>(result: Promise<Result>): Promise<Result> {
    return this.#within(IN_TIME_MS, result);
  }

  /** With a result, Redis works. */
  #within<Result>(ms: number, result: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const stop = whenLate(ms, () => reject(new Error('Redis is late.')));
      const succeed = (value: Result) => {
        this.#health.worked();
        resolve(value);
      };
      result.then(succeed, reject).finally(stop);
    });
  }

  /** Reports that Redis could not be used, or that it holds a value that the gateway did not write. */
  reportError(error: unknown): void {
    this.#health.failed(reasonOf(error));
  }

  close(): void {
    this.#closed = true;
    this.client.disconnect();
  }

  /** The client connects again by itself, unless a connection fails in a way that it takes for the last. */
  #connectAgain(): void {
    if (this.#closed) return;
    setTimeout(() => {
      if (!this.#closed) this.client.connect().catch((error) => this.reportError(error));
    }, AGAIN_MS).unref();
  }
}

/** A wait has this many parts. If the process is blocked, only one part of it passes. */
const PARTS = 5;

/**
 * Calls back after `ms` milliseconds unless stopped. Time in which this process is blocked does not count, since then the
 * process is late, not Redis. Replies that have arrived by then are read first.
 */
function whenLate(ms: number, onLate: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout;
  const wait = (parts: number) => {
    timer = setTimeout(() => {
      if (parts > 1) wait(parts - 1);
      else immediate = setImmediate(onLate);
    }, ms / PARTS);
  };
  wait(PARTS);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
