import { GatewayError } from '../../model/errors.ts';

/**
 * How large the response to one operation may still become. Characters are counted here, which are at most the bytes; the
 * finished text is measured again in bytes.
 */
export class AnswerSize {
  readonly #max: number;
  readonly #onExceeded: (error: GatewayError) => void;
  #left: number;
  #error: GatewayError | undefined;

  /** @param onExceeded called once, with RESPONSE_TOO_LARGE, to abort the operation's pending calls */
  constructor(maxBytes: number, onExceeded: (error: GatewayError) => void) {
    this.#max = maxBytes;
    this.#left = maxBytes;
    this.#onExceeded = onExceeded;
  }

  /** RESPONSE_TOO_LARGE once the bound is exceeded. */
  get error(): GatewayError | undefined {
    return this.#error;
  }

  /** @throws RESPONSE_TOO_LARGE */
  add(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) this.#exceeded();
  }

  #exceeded(): never {
    if (this.#error === undefined) {
      this.#error = responseTooLarge(this.#max);
      this.#onExceeded(this.#error);
    }
    throw this.#error;
  }
}

export function responseTooLarge(maxBytes: number): GatewayError {
  const message = `The response must have at most ${maxBytes} bytes. Ask for fewer customers, promotions or fields.`;
  return new GatewayError('RESPONSE_TOO_LARGE', { message, facts: { limit: maxBytes } });
}
