/**
 * The one catalogue of everything that can go wrong, by the stable code that clients see in `extensions.code`.
 * A message tells the reader what to do; it never holds an identifier, a credential, a URL or upstream's own text.
 * `status` is the HTTP status of a refused request; an entry without one leaves the answer's status at 200.
 */
const CATALOGUE = {
  BAD_USER_INPUT: { message: 'Invalid argument.' },
  UNAUTHENTICATED: { message: 'Missing or invalid credentials. Send valid ones.' },
  FORBIDDEN: { message: 'These credentials may not read this customer or this data scope.' },
  CUSTOMER_NOT_FOUND: { message: 'No customer is known by this identifier in this source and data scope.' },
  CUSTOMER_BLOCKED: { message: 'Upstream has blocked this customer. Refer the customer to support.' },
  ACCOUNT_REQUIRED: {
    message: 'This source has several accounts, and a lookup cannot name one. Look the customer up in another source.',
  },
  DATA_SCOPE_REJECTED: {
    message: 'Upstream refused the data scope. Check that each organisation in it is connected to the calling one.',
  },
  UPSTREAM_REJECTED: { message: 'Upstream refused the request. See the code in extensions.upstream.' },
  UPSTREAM_RATE_LIMITED: { message: "Upstream's call limit is reached. Try again after retryAfterSeconds." },
  UPSTREAM_OVERLOADED: { message: 'Upstream is asked for as much as it bears. Try again after retryAfterSeconds.' },
  UPSTREAM_UNAVAILABLE: { message: 'Upstream cannot be reached or is failing. Try again later.' },
  UPSTREAM_TIMEOUT: { message: 'Upstream did not answer in time. Try again later.' },
  UPSTREAM_INVALID_RESPONSE: { message: 'Upstream answered with something that is not a promotions page.' },
  NOT_CACHED: { message: "It is not in the cache, and the request's Cache-Control takes only what is." },
  GRAPHQL_PARSE_FAILED: { message: 'The document cannot be parsed.', status: 400 },
  GRAPHQL_VALIDATION_FAILED: { message: 'The document is not valid for this schema.', status: 400 },
  OPERATION_RESOLUTION_FAILURE: {
    message: 'The document has no such operation. Set operationName to the name of one that it has.',
    status: 400,
  },
  OPERATION_TOO_EXPENSIVE: { message: 'This operation costs too much. Ask for less.', status: 400 },
  OPERATION_TOO_DEEP: { message: 'This operation is nested too deeply. Ask for less depth.', status: 400 },
  OPERATION_TOO_LARGE: { message: 'This operation has too many tokens. Split it.', status: 400 },
  TOO_MANY_ALIASES: { message: 'This operation has too many aliases. Split it.', status: 400 },
  TOO_MANY_DIRECTIVES: { message: 'This operation has too many directives. Split it.', status: 400 },
  FRAGMENT_CYCLE: { message: 'A fragment of this operation spreads itself. Break the cycle.', status: 400 },
  PERSISTED_QUERY_NOT_FOUND: { message: 'PersistedQueryNotFound' },
  PERSISTED_OPERATION_REQUIRED: {
    message: 'Only registered operations are accepted here. Send the id of one from the manifest.',
    status: 400,
  },
  RESPONSE_TOO_LARGE: { message: 'The answer is too large. Ask for less.' },
  TOO_MANY_ERRORS: { message: 'There are more errors than an answer lists.' },
  BODY_TOO_LARGE: { message: 'The request body is too large.', status: 413 },
  BAD_REQUEST: { message: 'The request is not a GraphQL request. Send a JSON object with a query.', status: 400 },
  METHOD_NOT_ALLOWED: { message: '/graphql takes GET and POST only.', status: 405 },
  NOT_FOUND: { message: 'Nothing is served at this path. The API is at /graphql.', status: 404 },
  EVENT_NOT_SHARED: { message: 'The other instances could not be told of this event. Send it again.', status: 503 },
  RATE_LIMITED: { message: 'Too many requests from this caller. Try again after retryAfterSeconds.', status: 429 },
  OVERLOADED: { message: 'The gateway is at its limit. Try again after retryAfterSeconds.', status: 503 },
  INTERNAL_SERVER_ERROR: { message: 'Internal error. Quote the requestId when you report it.' },
} as const satisfies Record<string, { message: string; status?: number }>;

/** The stable code of an error, as clients see it in `extensions.code`. */
export type ErrorCode = keyof typeof CATALOGUE;

/** What upstream said: its HTTP status, the code in its error body if there was one, and its own id of the request. */
export type UpstreamVerdict = { readonly status: number; readonly code?: number; readonly requestId?: string };

/** What may accompany a code. `message` replaces the catalogue's: it must hold nothing private. */
export type ErrorDetails = {
  readonly message?: string;
  readonly upstream?: UpstreamVerdict;
  /** Whole seconds, at least 1. */
  readonly retryAfterSeconds?: number;
  /** Further public members of `extensions`, such as a limit and the number that went over it. */
  readonly facts?: Readonly<Record<string, number | string>>;
  /** Why, for logs and traces: a few words such as `ECONNREFUSED` or `HTTP 503`. Clients do not get it. */
  readonly cause?: string;
};

/**
 * An error that may leave the gateway. `extensions` is what graphql-js sends to the client; `cause` is for the operators
 * only. This file does not depend on GraphQL.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly upstream: UpstreamVerdict | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  override readonly cause: string | undefined;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.message ?? CATALOGUE[code].message);
    this.name = 'GatewayError';
    this.code = code;
    this.cause = details.cause;
    this.upstream = details.upstream;
    this.retryAfterSeconds = details.retryAfterSeconds;
    const status = httpStatusOf(code);
    this.extensions = {
      code,
      ...(details.upstream && { upstream: details.upstream }),
      ...(details.retryAfterSeconds !== undefined && { retryAfterSeconds: details.retryAfterSeconds }),
      ...details.facts,
      ...(status !== undefined && { http: { status } }),
    };
  }
}

/** The HTTP status of a refused request with this code, or undefined if the answer stays 200. */
export function httpStatusOf(code: ErrorCode): number | undefined {
  const entry: { message: string; status?: number } = CATALOGUE[code];
  return entry.status;
}

/** An argument that is refused before any upstream call; `message` says what is wrong and how to fix it. */
export function badUserInput(message: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', { message });
}

/** Every code of the catalogue with its message, for documentation and tests. */
export function catalogue(): ReadonlyMap<string, { message: string; status?: number }> {
  return new Map(Object.entries(CATALOGUE));
}

/** Why a signal ends an operation whose client has gone away: no client reads this error. */
export class ClientGone extends Error {}
