import type { ApolloServerPlugin } from '@apollo/server';
import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import Negotiator from 'negotiator';
import { stateOf } from '../cache/entry.ts';
import { GatewayError } from '../model/errors.ts';
import { type OperationRecord, printableName, recordOutcome } from '../telemetry/operationRecord.ts';
import { documentHash } from './documentHash.ts';
import { loggedCauseOf, withRequestId } from './errors/maskError.ts';
import { onlyCauses } from './errors/onlyCauses.ts';
import type { ServerContext } from './resolverContext.ts';

export type ResponseLimits = {
  /** How many errors of an execution are listed; one more says how many are left out. */
  readonly maxErrors: number;
  readonly maxBytes: number;
};

/** A UTF-16 code unit takes at most so many bytes in UTF-8: most texts are so short that their bytes need not be counted. */
const MAX_CHARACTER_BYTES = 3;

/**
 * Completes every response, in this order: one error is listed for each value that is null because of errors; errors get the
 * request id, which is also in the logs; the first one's code becomes the operation's outcome; debug extensions are added;
 * the response is serialized, and one that is too large becomes an error.
 */
export function completedResponses({ maxErrors, maxBytes }: ResponseLimits) {
  /** By the `data` of a response: Apollo Server copies that into another object before it calls `stringify`. */
  const texts = new WeakMap<object, string>();
  const plugin: ApolloServerPlugin<ServerContext> = {
    requestDidStart: async ({ request: { http }, contextValue: { record, debug } }) => {
      const { requestId } = record;
      refuseUnacceptable(http?.headers.get('accept'));
      return {
        async didResolveOperation({ operationName, operation, document }) {
          if (operation === undefined) return;
          record.operation = {
            name: operationName ? printableName(operationName) : undefined,
            // A text, since a cached response keeps these facts, and must not keep the document.
            documentHash: record.traceId === undefined ? undefined : documentHash(document),
          };
        },

        async willSendResponse({ request, schema, document, response: { http, body } }) {
          if (body.kind !== 'single') return;
          const result = body.singleResult;
          if (result.errors !== undefined) {
            const { data, errors } = result;
            const mayRepeat = errors.length > 1 && data !== undefined && document !== undefined;
            const causes = mayRepeat ? onlyCauses(errors, data, document, schema) : errors;
            // A request without a document is always 400: it is not a GraphQL request.
            if (http.status === 400 && causes[0]?.extensions?.code !== 'BAD_REQUEST') {
              http.status = refusedDocumentStatus(request.http?.headers.get('accept'));
            }
            if (causes[0]) {
              const code = String(causes[0].extensions?.code ?? 'INTERNAL_SERVER_ERROR');
              recordOutcome(record, code, loggedCauseOf(causes[0]));
            }
            const listed = data === undefined ? causes : listedErrors(causes, maxErrors);
            result.errors = listed.map((error) => withRequestId(error, requestId));
            // No cache may store an error. Apollo Server sets this header for an unknown persisted query.
            http.headers.delete('cache-control');
          }
          if (debug) result.extensions = { ...result.extensions, ...debugExtensionsOf(record) };
          const text = JSON.stringify({ errors: result.errors, data: result.data, extensions: result.extensions });
          if (text.length * MAX_CHARACTER_BYTES > maxBytes && Buffer.byteLength(text) > maxBytes) {
            const { code, message, extensions } = responseTooLarge(maxBytes);
            recordOutcome(record, code);
            body.singleResult = { data: null, errors: [withRequestId({ message, extensions }, requestId)] };
          } else if (result.data) texts.set(result.data, text);
        },
      };
    },
  };
  /** The text of a completed response. */
  const stringify = async (result: FormattedExecutionResult) =>
    (result.data && texts.get(result.data)) ?? JSON.stringify(result);
  return { plugin, stringify };
}

/** The first errors of an execution, and one that counts the rest. */
function listedErrors(errors: readonly GraphQLFormattedError[], maxErrors: number): readonly GraphQLFormattedError[] {
  if (errors.length <= maxErrors) return errors;
  const omitted = errors.length - maxErrors;
  const message = `${omitted} more errors are not listed.`;
  const { extensions } = new GatewayError('TOO_MANY_ERRORS', { facts: { omitted } });
  return [...errors.slice(0, maxErrors), { message, extensions }];
}

/**
 * The extensions for callers who may debug: how many upstream calls their operation made and saved, and how it used the
 * cache. `age` is the age of the oldest cached part in seconds. hits, stale, misses and renewals count pages.
 */
export function debugExtensionsOf({ stats, cacheStats }: OperationRecord) {
  const { made, deduplicated, queued, retried } = stats;
  const { wholeResponse, hits, stale, misses, renewals, oldestMs } = cacheStats;
  const age = Math.floor(oldestMs / 1000);
  return {
    upstreamCalls: { made, deduplicated, queued, retried },
    cache: { state: stateOf(cacheStats), age, wholeResponse, hits, stale, misses, renewals },
  };
}

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

  /** In characters. */
  get left(): number {
    return this.#left;
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

function responseTooLarge(maxBytes: number): GatewayError {
  const message = `The response must have at most ${maxBytes} bytes. Request fewer customers, promotions or fields.`;
  return new GatewayError('RESPONSE_TOO_LARGE', { message, facts: { limit: maxBytes } });
}

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';
/** A client may name the charset, and a type without it would not be what it accepts. */
const OFFERED_TYPES = [JSON_TYPE, GRAPHQL_TYPE].map((type) => `${type}; charset=utf-8`);

/** The type of a response, by the request's Accept header, negotiated as in Apollo Server. */
export function responseTypeOf(accept: string | undefined): typeof JSON_TYPE | typeof GRAPHQL_TYPE {
  return preferredTypeOf(accept)?.startsWith(GRAPHQL_TYPE) ? GRAPHQL_TYPE : JSON_TYPE;
}

/** Apollo Server executes an operation before it finds that its client accepts no response. @throws BAD_REQUEST (406) */
function refuseUnacceptable(accept: string | undefined): void {
  if (preferredTypeOf(accept) !== undefined) return;
  const message = `Accept must allow ${JSON_TYPE} or ${GRAPHQL_TYPE}.`;
  throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 406 } } });
}

function preferredTypeOf(accept: string | undefined): string | undefined {
  return new Negotiator({ headers: accept === undefined ? {} : { accept } }).mediaType(OFFERED_TYPES);
}

/**
 * The HTTP status of a refused document. The GraphQL-over-HTTP specification demands 200 for `application/json`: old
 * clients and Apollo Gateway read the errors of a response only with that status.
 */
export function refusedDocumentStatus(accept: string | undefined): 200 | 400 {
  return responseTypeOf(accept) === GRAPHQL_TYPE ? 400 : 200;
}
