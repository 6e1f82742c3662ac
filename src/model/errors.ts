type CatalogueEntry = {
  readonly message: string;
  readonly status?: number;
  readonly when: string;
  readonly todo: string;
};

/**
 * The catalogue of all errors, by the stable code that clients see in `extensions.code`.
 * A message says what is wrong and what to do. It never holds an identifier, a credential, a URL or upstream's own text.
 * `status` is the HTTP status of a refused request. Without it, the response has status 200. `when` and `todo` are the
 * sentences of docs/errors.md, in Markdown.
 */
const CATALOGUE = {
  BAD_USER_INPUT: {
    message: 'Invalid argument.',
    when: 'An argument, variable, identifier, data scope or cursor is invalid, for the gateway or for upstream',
    todo: 'Fix what the message names',
  },
  UNAUTHENTICATED: {
    message: 'Missing or invalid credentials. Send valid ones.',
    when: "The caller's credentials, or the token of `/events`, are missing or invalid: the request has HTTP 401. Or those for upstream are missing, or upstream refuses them: a field has the error",
    todo: "Sign in again. If the message says that upstream refuses the gateway's own credentials, report it to the gateway's operators. Try again after `retryAfterSeconds`, if the error has it",
  },
  AUTHENTICATION_UNAVAILABLE: {
    message:
      'Bearer tokens cannot be verified at the moment. Wait extensions.retryAfterSeconds seconds, then try again.',
    status: 503,
    when: 'The key set of bearer tokens cannot be read, so no token can be verified',
    todo: 'Try again after `retryAfterSeconds`',
  },
  FORBIDDEN: {
    message:
      'These credentials do not allow this customer, source or data scope. Query one that they allow, or send other credentials.',
    when: "The caller's token, or upstream (HTTP 403, code 1044), does not allow this customer, source or data scope",
    todo: 'Query what the credentials allow',
  },
  CUSTOMER_NOT_FOUND: {
    message: 'No customer has this identifier in this source and data scope. Check all three.',
    when: 'Upstream does not know this customer in this source and data scope',
    todo: 'Check the identifier and the source',
  },
  CUSTOMER_BLOCKED: {
    message: 'Upstream has blocked this customer. Refer the customer to support.',
    when: 'Upstream has marked the customer as fraud (618)',
    todo: 'Refer the customer to support',
  },
  ACCOUNT_REQUIRED: {
    message: 'The customer has several accounts in this source, and a lookup cannot select one. Use another source.',
    when: 'The customer has several accounts in this source, and a lookup cannot select one',
    todo: 'Use another source',
  },
  DATA_SCOPE_REJECTED: {
    message:
      'Upstream refused the data scope. Use organisations that are connected to the one whose credentials are used.',
    when: 'Upstream refuses the organisations',
    todo: 'Use organisations that are connected to the one whose credentials are used',
  },
  UPSTREAM_REJECTED: {
    message: 'Upstream refused the request. See extensions.upstream for its status and code.',
    when: 'Upstream refuses the request with an undocumented code, or with another HTTP 4xx and JSON',
    todo: "Look up `extensions.upstream.code` in Capillary's documentation. Without a code, report it to the gateway's operators",
  },
  UPSTREAM_RATE_LIMITED: {
    message: 'The rate limit of upstream calls is reached. Wait extensions.retryAfterSeconds seconds, then try again.',
    when: "Upstream answered 429, or the gateway's own call budget is used up",
    todo: 'Try again after `retryAfterSeconds`',
  },
  UPSTREAM_OVERLOADED: {
    message: 'Too many upstream calls are in flight. Wait extensions.retryAfterSeconds seconds, then try again.',
    when: 'As many calls are in flight as upstream can handle, and the wait for one of them to end would be too long; or the responses that are being read take too much memory',
    todo: 'Try again after `retryAfterSeconds`',
  },
  UPSTREAM_UNAVAILABLE: {
    message: 'Upstream cannot be reached or is failing. Try again later.',
    when: 'Upstream cannot be reached, breaks the connection, or answers with HTTP 5xx',
    todo: 'Try again later; after `retryAfterSeconds`, if the error has it (open circuit, no token)',
  },
  UPSTREAM_TIMEOUT: {
    message: 'Upstream did not respond in time. Try again later.',
    when: 'Upstream did not send a complete response in time',
    todo: 'Try again later',
  },
  UPSTREAM_INVALID_RESPONSE: {
    message: 'Upstream sent a response that is not a promotions page. Quote the requestId when you report it.',
    when: "Upstream's response is not a promotions page: no JSON, a redirect, or more than `UPSTREAM_MAX_BYTES`; or the page has no `customerId`, which was selected",
    todo: "Report it to the gateway's operators, with the `requestId`",
  },
  GRAPHQL_PARSE_FAILED: {
    message: 'The document cannot be parsed.',
    status: 400,
    when: 'The document is not GraphQL',
    todo: 'Fix the document',
  },
  GRAPHQL_VALIDATION_FAILED: {
    message: 'The document is not valid for this schema.',
    status: 400,
    when: 'The document does not fit the schema',
    todo: 'Fix the document; `npm run schema -- --client` prints the schema',
  },
  OPERATION_RESOLUTION_FAILURE: {
    message: 'operationName must name an operation of the document.',
    status: 400,
    when: '`operationName` names no operation of the document, or is missing and there are several',
    todo: 'Set `operationName`',
  },
  OPERATION_TOO_EXPENSIVE: {
    message: 'The operation is too expensive. Request fewer customers, promotions or fields.',
    status: 400,
    when: 'The operation may [cost](security.md#what-an-operation-may-cost) more than `MAX_UPSTREAM_CALLS`, or ask for too many references, customers or lists. The extensions have `limit` and the cost: `upstreamCalls`, `references` or `lookups`',
    todo: 'Split the operation, or select less',
  },
  OPERATION_TOO_DEEP: {
    message: 'The operation is nested too deeply. Select fewer levels.',
    status: 400,
    when: 'Fields are nested deeper than 15 levels',
    todo: 'Select fewer levels',
  },
  OPERATION_TOO_LARGE: {
    message: 'The operation has too many tokens. Split it.',
    status: 400,
    when: 'The document has more tokens than `MAX_TOKENS`, a name of more than 256 characters, more than 10,000 selections with each fragment as often as it is spread, or one field more than 50 times in one place',
    todo: 'Split the operation',
  },
  TOO_MANY_ALIASES: {
    message: 'The operation has too many aliases. Split it.',
    status: 400,
    when: 'The operation has more than 60 aliases',
    todo: 'Split the operation',
  },
  TOO_MANY_DIRECTIVES: {
    message: 'The operation has too many directives. Split it.',
    status: 400,
    when: 'The operation has more than 30 directives',
    todo: 'Split the operation',
  },
  FRAGMENT_CYCLE: {
    message: 'A fragment must not spread itself, directly or through other fragments.',
    status: 400,
    when: 'A fragment spreads itself',
    todo: 'Break the cycle',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    message: 'PersistedQueryNotFound',
    when: 'The gateway does not have the document of this hash',
    todo: 'Send the document with the hash; clients with automatic persisted queries do this themselves',
  },
  PERSISTED_OPERATION_REQUIRED: {
    message: 'Only trusted documents are accepted. Send the id of a document from the manifest.',
    status: 400,
    when: 'The gateway accepts only trusted documents (`PERSISTED_OPERATIONS`)',
    todo: 'Send [the id of one of them](trusted-documents.md)',
  },
  RESPONSE_TOO_LARGE: {
    message: 'The response is too large. Request fewer customers, promotions or fields.',
    when: 'The response would be larger than `MAX_RESPONSE_BYTES`, which is `limit` in the extensions',
    todo: 'Query fewer customers, promotions or fields',
  },
  TOO_MANY_ERRORS: {
    message: 'The response has more errors than are listed.',
    when: 'There are more than 1,000 errors (or `MAX_CUSTOMERS`, if that is more). `omitted` in the extensions counts those that are not listed',
    todo: 'Fix the errors that are listed',
  },
  BODY_TOO_LARGE: {
    message: 'The request body is too large. Send less.',
    status: 413,
    when: 'The body, or what it is unpacked, is larger than `MAX_BODY_BYTES`, or at `/events` than 65,536 bytes. `limit` in the extensions is the number',
    todo: 'Send less',
  },
  BAD_REQUEST: {
    message: 'The request is not a GraphQL request. Send a JSON object with a query.',
    status: 400,
    when: 'The request is not a GraphQL request, a page of another site may have made the browser send it, or at `/events` it is not an [event](caching.md#events). 406 if it accepts no JSON, 415 for a GET with another `Content-Type` than JSON',
    todo: 'Do what the message says',
  },
  UNSUPPORTED_ENCODING: {
    message:
      'The Content-Encoding of the request body is none of gzip, br and deflate, or more than five. Send the body in one of them, or in none.',
    status: 415,
    when: 'The body has another `Content-Encoding` than gzip, br and deflate, which the header `Accept-Encoding` lists, or more than five',
    todo: 'Send the body in one of them, or in none',
  },
  HEADERS_TOO_LARGE: {
    message: 'The request line and headers are larger than 16 KB. Send less, or a long query by POST.',
    status: 431,
    when: 'The request line and the headers are larger than 16 KB together',
    todo: 'Send fewer headers, or a long query by POST',
  },
  REQUEST_TIMEOUT: {
    message: 'The request was not sent in time. Send it again.',
    status: 408,
    when: 'The head of the request took longer than 10 seconds, or all of it longer than 15',
    todo: 'Send the request again',
  },
  METHOD_NOT_ALLOWED: {
    message: '/graphql accepts only GET and POST.',
    status: 405,
    when: 'The path does not accept the method',
    todo: 'Use POST, or at `/graphql` also GET for queries. The header `Allow` lists the methods',
  },
  NOT_FOUND: {
    message: 'There is nothing at this path. The API is at /graphql.',
    status: 404,
    when: 'There is nothing at this path',
    todo: 'Use `/graphql`',
  },
  RATE_LIMITED: {
    message: 'Too many requests from this caller. Wait extensions.retryAfterSeconds seconds, then try again.',
    status: 429,
    when: 'The caller has sent more than `RATE_LIMIT_PER_MINUTE` requests. The headers `ratelimit-limit`, `ratelimit-remaining` and `ratelimit-reset` (seconds) say what is left',
    todo: 'Try again after `retryAfterSeconds`',
  },
  EVENT_NOT_SHARED: {
    message: 'The event did not reach the other instances. Send it again.',
    status: 503,
    when: 'An event did not reach Redis, and so not the other instances',
    todo: 'Send the event again',
  },
  OVERLOADED: {
    message: 'The gateway is overloaded. Wait extensions.retryAfterSeconds seconds, then try again.',
    status: 503,
    when: 'Too many operations are in flight, too many tokens are being verified, too many bytes wait for slow clients, or the event loop lags',
    todo: 'Try again after `retryAfterSeconds`',
  },
  INTERNAL_SERVER_ERROR: {
    message: 'Internal error. Quote the requestId when you report it.',
    when: 'A defect of the gateway',
    todo: 'Quote the `requestId` when you report it',
  },
} as const satisfies Record<string, CatalogueEntry>;

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
  const entry: CatalogueEntry = CATALOGUE[code];
  return entry.status;
}

/** A wait as `retryAfterSeconds`: whole seconds, rounded up so that nobody comes back too soon. */
export function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/** The error of an invalid argument; `message` says what is wrong and how to fix it. */
export function badUserInput(message: string): GatewayError {
  return new GatewayError('BAD_USER_INPUT', { message });
}

/** The whole catalogue, for documentation and tests. */
export function catalogue(): ReadonlyMap<string, CatalogueEntry> {
  return new Map(Object.entries(CATALOGUE));
}

/** The reason of a signal that ends an operation because its client has disconnected. It is never sent. */
export class ClientGone extends Error {}
