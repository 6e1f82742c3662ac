/**
 * The catalogue of all errors, by the stable code that clients see in `extensions.code`.
 * A message says what is wrong and what to do. It never holds an identifier, a credential, a URL or upstream's own text.
 * `status` is the HTTP status of a refused request. Without it, the response has status 200.
 */
const CATALOGUE = {
  BAD_USER_INPUT: { message: 'Invalid argument.' },
  UNAUTHENTICATED: { message: 'Missing or invalid credentials. Send valid ones.' },
  AUTHENTICATION_UNAVAILABLE: {
    message: 'Bearer tokens cannot be verified at the moment. Try again after retryAfterSeconds seconds.',
    status: 503,
  },
  FORBIDDEN: {
    message:
      'These credentials do not allow this customer, source or data scope. Query one that they allow, or send other credentials.',
  },
  CUSTOMER_NOT_FOUND: {
    message: 'No customer has this identifier in this source and data scope. Check all three.',
  },
  CUSTOMER_BLOCKED: { message: 'Upstream has blocked this customer. Refer the customer to support.' },
  ACCOUNT_REQUIRED: {
    message: 'The customer has several accounts in this source, and a lookup cannot select one. Use another source.',
  },
  DATA_SCOPE_REJECTED: {
    message:
      'Upstream refused the data scope. Use organisations that are connected to the one whose credentials are used.',
  },
  UPSTREAM_REJECTED: { message: 'Upstream refused the request. See extensions.upstream for its status and code.' },
  UPSTREAM_RATE_LIMITED: {
    message: 'The rate limit of upstream calls is reached. Wait extensions.retryAfterSeconds seconds, then try again.',
  },
  UPSTREAM_OVERLOADED: {
    message: 'Too many upstream calls are in flight. Wait extensions.retryAfterSeconds seconds, then try again.',
  },
  UPSTREAM_UNAVAILABLE: { message: 'Upstream cannot be reached or is failing. Try again later.' },
  UPSTREAM_TIMEOUT: { message: 'Upstream did not respond in time. Try again later.' },
  NOT_CACHED: { message: 'The response is not in the cache. Send the request without only-if-cached to fetch it.' },
  UPSTREAM_INVALID_RESPONSE: {
    message: 'Upstream sent a response that is not a promotions page. Quote the requestId when you report it.',
  },
  GRAPHQL_PARSE_FAILED: { message: 'The document cannot be parsed.', status: 400 },
  GRAPHQL_VALIDATION_FAILED: { message: 'The document is not valid for this schema.', status: 400 },
  OPERATION_RESOLUTION_FAILURE: { message: 'operationName must name an operation of the document.', status: 400 },
  OPERATION_TOO_EXPENSIVE: {
    message: 'The operation is too expensive. Request fewer customers, promotions or fields.',
    status: 400,
  },
  OPERATION_TOO_DEEP: { message: 'The operation is nested too deeply. Select fewer levels.', status: 400 },
  OPERATION_TOO_LARGE: { message: 'The operation has too many tokens. Split it.', status: 400 },
  TOO_MANY_ALIASES: { message: 'The operation has too many aliases. Split it.', status: 400 },
  TOO_MANY_DIRECTIVES: { message: 'The operation has too many directives. Split it.', status: 400 },
  FRAGMENT_CYCLE: { message: 'A fragment must not spread itself, directly or through other fragments.', status: 400 },
  PERSISTED_QUERY_NOT_FOUND: { message: 'PersistedQueryNotFound' },
  PERSISTED_OPERATION_REQUIRED: {
    message: 'Only trusted documents are accepted. Send the id of a document from the manifest.',
    status: 400,
  },
  RESPONSE_TOO_LARGE: { message: 'The response is too large. Request fewer customers, promotions or fields.' },
  TOO_MANY_ERRORS: { message: 'The response has more errors than are listed.' },
  BODY_TOO_LARGE: { message: 'The request body is too large. Send less.', status: 413 },
  BAD_REQUEST: { message: 'The request is not a GraphQL request. Send a JSON object with a query.', status: 400 },
  METHOD_NOT_ALLOWED: { message: '/graphql accepts only GET and POST.', status: 405 },
  NOT_FOUND: { message: 'There is nothing at this path. The API is at /graphql.', status: 404 },
  RATE_LIMITED: {
    message: 'Too many requests from this caller. Wait extensions.retryAfterSeconds seconds, then try again.',
    status: 429,
  },
  EVENT_NOT_SHARED: { message: 'The event did not reach the other instances. Send it again.', status: 503 },
  OVERLOADED: {
    message: 'The gateway is overloaded. Wait extensions.retryAfterSeconds seconds, then try again.',
    status: 503,
  },
  INTERNAL_SERVER_ERROR: { message: 'Internal error. Quote the requestId when you report it.' },
} as const satisfies Record<string, { message: string; status?: number }>;

/** The stable code of an error, as clients see it in `extensions.code`. */
export type ErrorCode = keyof typeof CATALOGUE;

/** Upstream's error response: its HTTP status, the code in its body if there was one, and its own id of the request. */
export type UpstreamVerdict = { readonly status: number; readonly code?: number; readonly requestId?: string };

/** What may accompany a code. `message` replaces the catalogue's: it must hold nothing private. */
export type ErrorDetails = {
  readonly message?: string;
  readonly upstream?: UpstreamVerdict;
  /** Whole seconds, at least 1. */
  readonly retryAfterSeconds?: number;
  /** Further public members of `extensions`, such as a limit and the number that exceeds it. */
  readonly facts?: Readonly<Record<string, number | string>>;
  /** The cause for logs and traces, such as `ECONNREFUSED` or `HTTP 503`. Clients do not get it. */
  readonly cause?: string;
};

/**
 * An error that clients may see. graphql-js sends `extensions` to the client; `cause` is only for the operators.
 * This file does not depend on GraphQL.
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

/** The HTTP status of a refused request with this code, or undefined if the response stays 200. */
export function httpStatusOf(code: ErrorCode): number | undefined {
  const entry: { message: string; status?: number } = CATALOGUE[code];
  return entry.status;
}

/** The error of an invalid argument; `message` says what is wrong and how to fix it. */
export function badUserInput(message: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', { message });
}

/** Every code of the catalogue with its message, for documentation and tests. */
export function catalogue(): ReadonlyMap<string, { message: string; status?: number }> {
  return new Map(Object.entries(CATALOGUE));
}

/** The reason of a signal that ends an operation because its client has disconnected. It is never sent. */
export class ClientGone extends Error {}
