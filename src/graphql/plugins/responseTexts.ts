import type { ApolloServerPlugin } from '@apollo/server';
import type { FormattedExecutionResult } from 'graphql';
import type { ServerContext } from '../context.ts';
import { withRequestId } from '../errors/maskError.ts';
import { responseTooLarge } from '../execution/responseSize.ts';

/**
 * Serializes each response once and measures it: one that is too large becomes an error. This is the last plugin; Apollo
 * Server then calls `stringify`, which returns the same text.
 */
export class ResponseTexts {
  readonly #maxBytes: number;
  /** By the `data` of a response: Apollo Server copies that into another object. */
  readonly #texts = new WeakMap<object, string>();
  readonly plugin: ApolloServerPlugin<ServerContext>;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.plugin = {
      requestDidStart: async ({ contextValue: { requestId, record } }) => ({
        willSendResponse: async ({ response: { body } }) => {
          if (body.kind !== 'single' || this.#write(body.singleResult)) return;
          const error = responseTooLarge(this.#maxBytes);
          record.outcome = error.code;
          const { message, extensions } = error;
          body.singleResult = { data: null, errors: [withRequestId({ message, extensions }, requestId)] };
        },
      }),
    };
  }

  stringify(result: FormattedExecutionResult): string {
    return (result.data && this.#texts.get(result.data)) ?? JSON.stringify(result);
  }

  /** Whether the response is small enough; only then its text is stored. */
  #write({ errors, data, extensions }: FormattedExecutionResult): boolean {
    const text = JSON.stringify({ errors, data, extensions });
    if (Buffer.byteLength(text) > this.#maxBytes) return false;
    if (data) this.#texts.set(data, text);
    return true;
  }
}
