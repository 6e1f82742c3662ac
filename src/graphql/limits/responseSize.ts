import { GatewayError } from '../../model/errors.ts';

/**
 * Counts how large the response to one operation becomes while it is made. It counts characters, which are never more than
 * the bytes. The finished text is measured again in bytes.
 */
export class ResponseSize {
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
  const message = `The response must have at most ${maxBytes} bytes. Request fewer customers, promotions or fields.`;
  return new GatewayError('RESPONSE_TOO_LARGE', { message, facts: { limit: maxBytes } });
}
