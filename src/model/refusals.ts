import { type ErrorCode, type ErrorDetails, GatewayError } from './errors.ts';

type Entry = { readonly code: ErrorCode; readonly when: string; readonly todo: string };

/**
 * Every reason for which the gateway itself refuses an operation or one of its fields. It is the `cause` in the log and a
 * label in the metrics. Clients only get the code. `when` and `todo` are the sentences of docs/runbook.md, in Markdown.
 */
const CAUSES = {
  'no token': {
    code: 'UNAUTHENTICATED',
    when: 'The request has no `Authorization: Bearer …` header with a JWT',
    todo: 'If a proxy is in front, check that it forwards the header',
  },
  'token malformed': {
    code: 'UNAUTHENTICATED',
    when: 'The token is not a JWT that can be read, has no `exp`, or is of another kind (`typ`), such as a logout token',
    todo: 'The caller must send an access token or an ID token',
  },
  'token signature': {
    code: 'UNAUTHENTICATED',
    when: 'The signature is wrong, or made with an algorithm that is not accepted (`alg`)',
    todo: 'From one caller: it is a forgery or a damaged token. From all: `AUTH_JWKS_URL` is of another provider',
  },
  'token key unknown': {
    code: 'UNAUTHENTICATED',
    when: 'No key of the key set has the `kid` of the token, or that key cannot be used',
    todo: 'From all callers: `AUTH_JWKS_URL` is of another provider or tenant than the tokens, or its key is damaged, private or shorter than 2,048 bits (RSA)',
  },
  'token expired': {
    code: 'UNAUTHENTICATED',
    when: '`exp` is over',
    todo: 'The caller must renew its token. From all callers: the clock of the gateway or of the provider is wrong',
  },
  'token not yet valid': {
    code: 'UNAUTHENTICATED',
    when: '`nbf` is not reached',
    todo: 'Compare the clocks of the gateway and of the provider: they may differ by 5 seconds',
  },
  'token issuer': {
    code: 'UNAUTHENTICATED',
    when: '`iss` is not `AUTH_ISSUER`',
    todo: "From all callers: the provider has changed it. Set `AUTH_ISSUER` to the tokens' `iss`, to the last slash",
  },
  'token audience': {
    code: 'UNAUTHENTICATED',
    when: '`aud` does not hold `AUTH_AUDIENCE`',
    todo: 'The caller must request a token for this API. From all callers: set `AUTH_AUDIENCE` to what the provider issues',
  },
  'no API key': {
    code: 'UNAUTHENTICATED',
    when: 'The request has no `x-api-key` header',
    todo: 'If a proxy is in front, check that it forwards the header',
  },
  'API key unknown': {
    code: 'UNAUTHENTICATED',
    when: 'No key in `AUTH_API_KEYS` is the one of the request',
    todo: 'Compare the SHA-256 of the key of the caller with the one in `AUTH_API_KEYS`',
  },
  'no upstream credentials': {
    code: 'UNAUTHENTICATED',
    when: 'With `UPSTREAM_AUTH=passthrough`, the request has neither `Authorization: Basic …` nor `X-CAP-API-OAUTH-TOKEN`',
    todo: 'The caller must send one of them. If a proxy is in front, check that it forwards it',
  },
  'claim not verified': {
    code: 'FORBIDDEN',
    when: 'The customer is in a claim of the token, but `<claim>_verified` is not true, or is missing and required',
    todo: 'The user must confirm the address or number at the identity provider',
  },
  'customer not claimed': {
    code: 'FORBIDDEN',
    when: 'No claim of the token holds this customer',
    todo: 'From all callers: compare `AUTH_CUSTOMER_CLAIMS` and `AUTH_ANY_CUSTOMER_SCOPE` with a token. From one: it asks for others',
  },
  'source not allowed': {
    code: 'FORBIDDEN',
    when: 'The source is not in `AUTH_CUSTOMER_SOURCES`, which counts for tokens of customers',
    todo: 'The client must ask for a listed source, or the list needs this one',
  },
  'data scope not allowed': {
    code: 'FORBIDDEN',
    when: 'The caller may not read this data scope, or not these organisations',
    todo: 'Compare the argument or the headers `DATA-SCOPE`, `DATA-SCOPE-ORG` with the settings of data scopes',
  },
  'tokens verified': {
    code: 'OVERLOADED',
    when: 'A thousand tokens that are not known yet are being verified',
    todo: 'If the key set does not come (`gateway_dependency_up`), look at the provider. Else look for a client that sends thousands of tokens at once',
  },
  'rate limit': {
    code: 'RATE_LIMITED',
    when: 'The caller, or its address if it has no API key or token, has sent more than `RATE_LIMIT_PER_MINUTE`',
    todo: 'One caller: talk to it. All addresses at once: the proxy in front is missing in `TRUSTED_PROXIES`, so that all count as one',
  },
  'bytes held': {
    code: 'OVERLOADED',
    when: "Incomplete bodies, unread responses and upstream's responses hold nearly all that they [may](security.md#bytes-of-slow-peers), and none of them can give way",
    todo: 'Look for clients that send or read slowly. Without them, give the process more memory, or run more instances',
  },
  'operations in flight': {
    code: 'OVERLOADED',
    when: '`MAX_IN_FLIGHT` operations are in flight, or three quarters of it of one caller',
    todo: 'Look why they take long ([PromotionsGatewaySlow](#promotionsgatewayslow)), then add instances',
  },
  'event loop lag': {
    code: 'OVERLOADED',
    when: 'The event loop is more than a second late, or so long that the operation waited to begin',
    todo: 'Add CPU or instances, and look for the operation that makes it late',
  },
  'paused after 429': {
    code: 'UPSTREAM_RATE_LIMITED',
    when: 'Upstream has answered 429, and the pause that it asked for is not over',
    todo: 'See [PromotionsGatewayPaused](#promotionsgatewaypaused)',
  },
  'call budget': {
    code: 'UPSTREAM_RATE_LIMITED',
    when: '`UPSTREAM_REQUESTS_PER_MINUTE` is used up, and the wait for it would be longer than `UPSTREAM_QUEUE_MS`',
    todo: 'See [PromotionsGatewayBudgetSpent](#promotionsgatewaybudgetspent)',
  },
  'no place': {
    code: 'UPSTREAM_OVERLOADED',
    when: 'As many calls are in flight as upstream can handle, and the wait for one to end would be too long',
    todo: 'Lengthen `CACHE_TTL_SECONDS`, or ask Capillary why it is slow',
  },
  'upstream bytes held': {
    code: 'UPSTREAM_OVERLOADED',
    when: "Upstream's responses that are being read, with what waits for slow clients, hold all that they [may](security.md#bytes-of-slow-peers), and this one had to give way",
    todo: 'Ask Capillary why responses are slow or large. Otherwise give the process more memory, or lower `UPSTREAM_CONCURRENCY` or `UPSTREAM_MAX_BYTES`',
  },
  'circuit open': {
    code: 'UPSTREAM_UNAVAILABLE',
    when: 'Calls failed before, so the gateway does not call upstream now ([when](design.md#circuits))',
    todo: 'Look at `cause` in the log lines `upstream call failed` before it',
  },
  'document not trusted': {
    code: 'PERSISTED_OPERATION_REQUIRED',
    when: 'The request has the text of a document, and `PERSISTED_OPERATIONS` is set',
    todo: 'Ask who calls to send the id of a document in the manifest',
  },
  'document id unknown': {
    code: 'PERSISTED_OPERATION_REQUIRED',
    when: 'The manifest of `PERSISTED_OPERATIONS` has no document of this id',
    todo: 'From all clients: the manifest is older than the frontend. Deploy the manifest first, then the frontend',
  },
} as const satisfies Record<string, Entry>;

/** A reason of the gateway's own to refuse. */
export type RefusalCause = keyof typeof CAUSES;

/** The error that refuses for this reason, with the reason's code. */
export function refusal(cause: RefusalCause, details: Omit<ErrorDetails, 'cause'> = {}): GatewayError {
  return new GatewayError(CAUSES[cause].code, { ...details, cause });
}

/** The whole list, by cause. */
export function refusals(): ReadonlyMap<string, Entry> {
  return new Map(Object.entries(CAUSES));
}
