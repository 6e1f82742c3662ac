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

const PRINTABLE_ID = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=.*[a-f])[0-9a-f]{32})$/i;

/**
 * The id of a request, as its client or upstream sent it, if it is a UUID or 32 hexadecimal digits; else undefined. No
 * identifier of a customer has that form, so the id can be in logs, spans and responses.
 */
export function printableId(sent: unknown): string | undefined {
  return typeof sent === 'string' && PRINTABLE_ID.test(sent) ? sent : undefined;
}
