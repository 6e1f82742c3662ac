import { type Command, Redis } from 'ioredis';

/** Most milliseconds that an answer waits for a value that it can do without. */
const LOOKUP_MS = 40;

/** Most milliseconds that anything waits for Redis. Counts are worth more timeouts: alone, each instance counts anew. */
const COMMAND_MS = 250;

/** Most milliseconds that a start waits for the connection, so that the first counts are shared already. */
const START_MS = 500;

const MAX_RECONNECT_MS = 1000;

/** Is told how Redis does: `failed` with an error's code or name, never with an address. */
export type RedisHealth = { failed(cause: string): void; worked(): void };

class RedisLate extends Error {
  override readonly name = 'RedisLate';

  constructor() {
    super('Redis is late.');
  }
}

/**
 * One connection for everything that instances share. Nothing depends on it: a command that finds no Redis fails at once,
 * one that Redis does not answer in time fails, and then the connection is made anew, so that the commands behind it do
 * not wait as well.
 */
export class SharedRedis extends Redis {
  readonly #health: RedisHealth;

  constructor(url: string, health: RedisHealth) {
    super(url, {
      connectTimeout: 1000,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(50 * times, MAX_RECONNECT_MS),
    });
    this.#health = health;
    this.on('ready', () => health.worked());
    this.on('error', (error: NodeJS.ErrnoException) => this.trouble(error.code ?? error.name));
  }

  /** Resolves once the first connection stands, or cannot be had now. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.once('ready', resolve);
      this.once('close', resolve);
      setTimeout(resolve, START_MS).unref();
    });
  }

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    const stop = whenLate(COMMAND_MS, () => {
      command.reject(new RedisLate());
      this.disconnect(true);
    });
    command.promise.then(stop, stop);
    return super.sendCommand(command, stream);
  }

  /** What a command answers, for whoever rather goes without than waits. @throws as the command, and where it is late. */
  soon<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const stop = whenLate(LOOKUP_MS, () => reject(new RedisLate()));
      answer.then(resolve, reject).finally(stop);
    });
  }

  /** Notes that Redis could not be used, or that it holds what no instance has written. */
  trouble(cause: string): void {
    this.#health.failed(cause);
  }

  /** Notes that Redis answered as it should. */
  worked(): void {
    this.#health.worked();
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
