type Metric = {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** What it is, for /metrics and docs/operating.md. */
  readonly help: string;
};

const counter = <const Labels extends readonly string[]>(labels: Labels, help: string) =>
  ({ type: 'counter', labels, help }) as const;
const gauge = <const Labels extends readonly string[]>(labels: Labels, help: string) =>
  ({ type: 'gauge', labels, help }) as const;
const histogram = <const Labels extends readonly string[]>(labels: Labels, help: string) =>
  ({ type: 'histogram', labels, help }) as const;

/** Every metric of the gateway itself. Only these can be made, and docs/operating.md lists them in this order. */
export const METRICS = {
  gateway_operation_duration_seconds: histogram(
    ['outcome'],
    'Time from the request to the last byte of its response. outcome is OK, CLIENT_GONE or the code of the first error.',
  ),
  gateway_operations_total: counter(
    ['caller', 'outcome'],
    'Operations by caller: the name of an API key, jwt for all tokens, passthrough for all credentials of upstream, else anonymous.',
  ),
  gateway_refused_operations_total: counter(
    ['caller', 'cause'],
    'Operations whose first error is a decision of the gateway, by cause; docs/runbook.md lists the causes.',
  ),
  gateway_operations_in_flight: gauge([], 'Operations in flight.'),
  gateway_busiest_address_share: gauge(
    [],
    'The part of the requests of the last whole minute that one client address sent, 0 to 1. No sample for fewer than 60 requests.',
  ),
  gateway_connections_refused_total: counter(
    ['bound'],
    'Connections closed before anything was read from them: over MAX_CONNECTIONS, or over the share of it that one address may hold.',
  ),
  gateway_trusted_document_operations_total: counter(
    ['document', 'operation'],
    'Operations of trusted documents: document is the id in the manifest, operation the name in the document.',
  ),
  gateway_trusted_document_upstream_calls_total: counter(
    ['document', 'operation'],
    'Lookups for operations of trusted documents.',
  ),
  gateway_upstream_calls_total: counter(
    ['caller'],
    'Lookups, including retries and renewals of the cache, by the caller that they were made for.',
  ),
  gateway_upstream_call_duration_seconds: histogram(
    ['kind', 'status', 'outcome'],
    'Time from the call to the last byte of its response. kind is lookup, token or key set. status is none without a response. outcome is OK, a code, or ABORTED if its operation ended first.',
  ),
  gateway_upstream_wait_duration_seconds: histogram(
    ['queue'],
    'Time until lookups passed a queue: for the call budget or the end of a pause (budget), then for a place (concurrency). Refused lookups are not counted, since most are refused at once.',
  ),
  gateway_upstream_calls_deduplicated_total: counter([], 'Lookups not made because the same one was in flight.'),
  gateway_upstream_calls_queued_total: counter(
    [],
    'Lookups that had to wait for the call budget or the end of a pause, but for renewals of the cache and operations that have ended.',
  ),
  gateway_upstream_calls_retried_total: counter(
    [],
    'Retries of lookups, but for renewals of the cache and operations that have ended.',
  ),
  gateway_upstream_calls_waiting: gauge([], 'Lookups waiting for the call budget or the end of a pause.'),
  gateway_upstream_calls_in_flight: gauge([], 'Lookups in flight.'),
  gateway_upstream_concurrency_waiting: gauge([], 'Lookups waiting for a place.'),
  gateway_upstream_concurrency_limit: gauge(
    [],
    'Places: how many lookups may be in flight now, at most UPSTREAM_CONCURRENCY. It is halved while upstream does not respond in time.',
  ),
  gateway_upstream_budget_limit: gauge([], 'UPSTREAM_REQUESTS_PER_MINUTE. No sample without it.'),
  gateway_upstream_budget_left: gauge(
    [],
    'Lookups that may be made at once now, for the credentials with the fewest left. No sample without a budget.',
  ),
  gateway_upstream_paused_seconds: gauge(
    [],
    'Remaining time of a pause after a 429, for the credentials that are paused longest. 0 without a pause.',
  ),
  gateway_upstream_paused_since_timestamp_seconds: gauge(
    [],
    'When the first of these pauses began or this instance learned of it, in Unix time. No sample without a pause.',
  ),
  gateway_upstream_retries_left: gauge([], 'Retries that may be made now.'),
  gateway_upstream_circuit: gauge(
    ['state'],
    '1 for the state of the worst circuit, 0 for the other states: closed, open or half-open.',
  ),
  gateway_upstream_circuit_open_since_timestamp_seconds: gauge(
    [],
    'When the first of the open circuits opened, in Unix time. No sample while none is open.',
  ),
  gateway_upstream_drift_total: counter(
    ['field', 'code'],
    "Values in upstream's responses that are not as documented.",
  ),
  gateway_upstream_lists_total: counter(
    ['entries'],
    'Fetched pages that begin a list, by whether the list has entries: some or none.',
  ),
  gateway_upstream_client_certificate_end_timestamp_seconds: gauge(
    [],
    'End of the validity of UPSTREAM_CLIENT_CERT_FILE, in Unix time. No sample without it.',
  ),
  gateway_cache_lookups_total: counter(['state'], 'Cache lookups of pages, by result: hit, stale or miss.'),
  gateway_cache_whole_responses_total: counter(
    [],
    'Operations answered with a whole response from the cache. Its pages also count as hits.',
  ),
  gateway_cache_renewals_total: counter(
    [],
    'Misses of pages that were cached, because the request asked for new ones.',
  ),
  gateway_cache_ttl_seconds: gauge([], 'CACHE_TTL_SECONDS. No sample while the cache is off.'),
  gateway_cache_bytes: gauge([], 'Approximate memory of cached pages and whole responses in this process.'),
  gateway_cache_evictions_total: counter([], 'Entries that the cache in memory removed to make room for others.'),
  gateway_customer_events_total: counter(
    ['outcome'],
    'Requests to /events: accepted (ends cached pages of a customer), no_customer, not_shared, unauthenticated or invalid.',
  ),
  gateway_dependency_up: gauge(
    ['dependency'],
    "0 while Redis, the token endpoint, the key set or the gateway's own credentials fails, else 1; also once it has failed and was not called for five minutes. No sample before the first use.",
  ),
  gateway_dependency_failing_since_timestamp_seconds: gauge(
    ['dependency'],
    'When the dependency began to fail, in Unix time. No sample while it works.',
  ),
  gateway_log_lines_dropped_total: counter(
    [],
    'Log lines that were dropped: beyond the 4 MiB that wait for a slow reader or for room on a full disk, and all after the reader has gone.',
  ),
  gateway_build_info: gauge(
    ['version', 'node', 'upstream', 'upstream_auth', 'auth_mode', 'cache', 'shared_state', 'trusted_documents'],
    'Always 1. The labels are the versions of the gateway and of Node, and its settings.',
  ),
} as const satisfies Record<string, Metric>;

type Metrics = typeof METRICS;

/** The names of the metrics of this type. */
export type MetricName<Type extends Metric['type']> = {
  [Name in keyof Metrics]: Metrics[Name]['type'] extends Type ? Name : never;
}[keyof Metrics];

/** The names of a metric's labels. */
export type LabelOf<Name extends keyof Metrics> = Metrics[Name]['labels'][number];

type OneEach<Names extends readonly string[]> = { readonly [Index in keyof Names]: string };

/** A value for each label, in the order of the catalogue. */
export type LabelValues<Name extends keyof Metrics> = OneEach<Metrics[Name]['labels']>;
