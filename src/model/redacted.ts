import { hash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A value that cannot be printed by accident: as a string, in JSON, in an error and under `util.inspect` it is
 * `[redacted]`. Only `reveal()` returns it, so that all uses of the value can be found by that name.
 */
export class Redacted {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** A password, token or key. */
export class Secret extends Redacted {
  readonly kind = 'secret';

  /** Whether this is the same text. How long the comparison takes reveals nothing about either. */
  matches(text: string): boolean {
    return timingSafeEqual(digest(text), digest(this.reveal()));
  }
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
