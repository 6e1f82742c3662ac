import { type Command, Redis } from 'ioredis';

/** Most milliseconds that anything waits for Redis: whoever asks has another way. */
export const REDIS_PATIENCE_MS = 40;

const WARN_EVERY_MS = 60_000;
const MAX_RECONNECT_MS = 1000;

/**
 * One connection for everything that instances share. Nothing depends on it: a command that finds no Redis fails at once,
 * one that Redis does not answer in time fails after `REDIS_PATIENCE_MS`, and then the connection is made anew, so that
 * the commands behind it do not wait as well.
 */
export class SharedRedis extends Redis {
  readonly #onTrouble: (reason: string) => void;
  #warnedAt = Number.NEGATIVE_INFINITY;

  /** @param onTrouble told once a minute at the most, with an error code or name and never an address. */
  constructor(url: string, onTrouble: (reason: string) => void) {
    super(url, {
      commandTimeout: REDIS_PATIENCE_MS,
      connectTimeout: 1000,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(50 * times, MAX_RECONNECT_MS),
    });
    this.#onTrouble = onTrouble;
    this.on('error', (error: NodeJS.ErrnoException) => this.trouble(error.code ?? error.name));
  }

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    command.promise.catch((error: Error) => {
      if (error.message !== 'Command timed out') return;
      this.trouble('ETIMEDOUT');
      if (this.status === 'ready') this.disconnect(true);
    });
    return super.sendCommand(command, stream);
  }

  /** Notes that Redis could not be used, or that it holds what nobody here has written. */
  trouble(reason: string): void {
    const now = performance.now();
    if (now - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = now;
    this.#onTrouble(reason);
  }
}
