import type { Logger } from 'pino';

/** Every member of log lines but those in every line, and what it is, in Markdown for docs/operating.md. */
export const MEMBERS = {
  version: "The gateway's version",
  url: 'The address of the API',
  upstream: 'The origin of upstream, or `sandbox`',
  credentials: 'Whose credentials calls have',
  callers: 'Who may call',
  cache: 'How long pages are fresh, and where they are kept',
  development:
    'Which of `playground`, `introspection` and `debug` (extensions for anyone who asks) are on, as outside production; empty if none is',
  signal: '`SIGTERM` or `SIGINT`',
  refused: 'How many connections were closed before anything was read from them',
  bound: '`MAX_CONNECTIONS`, or `address`: the share of it that one address may hold',
  requestId: "The request's `x-request-id` if that is a UUID or 32 hexadecimal digits, else a new UUID",
  traceId: '32 hexadecimal digits; missing without a collector',
  caller: "The name of an API key, a keyed hash of a token's subject, `passthrough` or `anonymous`",
  client:
    "The client's name for itself (`apollographql-client-name`), `other` if that could be an identifier; missing if it sends none",
  operation: 'The name of the operation, `other` if that could be an identifier, null without one',
  outcome:
    '`OK`, `CLIENT_GONE` or the code of the first error ([errors.md](errors.md)). For events as in `gateway_customer_events_total`',
  meaning: "What upstream's response means for [what happens next](errors.md#what-upstreams-responses-mean)",
  cause:
    'Why it failed, in a few words. In `operation`: of the first error, either [why the gateway refused it](runbook.md#from-a-cause-to-what-to-do) or [why a call failed](troubleshooting.md), or what the HTTP parser refused, or the limit that an operation exceeds if its code has several: `tokens`, `names`, `selections` or `one field`; missing without a cause',
  durationMs:
    'Milliseconds. In `operation`: from the request to the last byte of its response, but from the refusal if its path was not known yet. In `drained` and `stopped`: since `stopping`',
  upstreamCalls: 'Lookups that were made for the operation',
  deduplicated:
    'Lookups that were not made because the same one was in flight. The lines and spans of that one are those of the operation that asked first, also after its end',
  cached: 'Pages that came from the cache',
  status: 'HTTP status, null without a response',
  upstreamCode: "The code in upstream's error body; missing if it sent none",
  upstreamRequestId: "Upstream's `X-Cap-Requestid`; missing if that is not a UUID or 32 hexadecimal digits",
  circuit: '`open` or `closed`',
  dependency:
    '`Redis`, `token endpoint`, `key set`, or `own credentials` (upstream refuses the account of the gateway)',
  failures: 'How often it failed',
  lines: 'How many lines were dropped',
  connections: 'How many connections of clients may be open',
  err: 'The type, code and stack of an error. Its message may quote what a client or upstream sent, so it is not logged',
} as const;

type Line = {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly members: readonly (keyof typeof MEMBERS)[];
  /** When it is written, in Markdown for docs/operating.md. */
  readonly when: string;
};

/** Every line of the gateway's own, by its `msg`. */
export const LINES = {
  started: {
    level: 'info',
    members: ['version', 'url', 'upstream', 'credentials', 'callers', 'cache', 'development'],
    when: 'The gateway accepts requests',
  },
  'start failed': { level: 'fatal', members: ['cause'], when: 'A setting is invalid, or the address cannot be used' },
  stopping: { level: 'info', members: ['signal'], when: 'A signal has come. `/readyz` is no longer ready' },
  drained: {
    level: 'info',
    members: ['durationMs'],
    when: 'All requests have their response, and no other is accepted',
  },
  stopped: {
    level: 'info',
    members: ['durationMs'],
    when: 'The process ends. Without `drained` before it, requests were cut off. A second signal ends it without this line',
  },
  'connections refused': {
    level: 'warn',
    members: ['refused', 'bound'],
    when: 'Connections over a bound were closed; at most once in ten seconds for each bound',
  },
  'no such path': { level: 'info', members: ['requestId'], when: 'A request had HTTP 404' },
  event: { level: 'info', members: ['requestId', 'outcome'], when: 'A POST to `/events` was accepted' },
  'event refused': {
    level: 'warn',
    members: ['requestId', 'outcome'],
    when: 'A POST to `/events` was refused. Other methods (405) have no line',
  },
  operation: {
    level: 'info',
    members: [
      ...(['requestId', 'traceId', 'caller', 'client', 'operation', 'outcome', 'cause', 'durationMs'] as const),
      ...(['upstreamCalls', 'deduplicated', 'cached'] as const),
    ],
    when: 'A request to `/graphql` has ended, or a request was refused before its path was known: no HTTP, or not sent in time',
  },
  'upstream call failed': {
    level: 'warn',
    members: [
      ...(['requestId', 'traceId', 'status', 'outcome', 'meaning', 'cause'] as const),
      ...(['upstreamCode', 'upstreamRequestId', 'durationMs'] as const),
    ],
    when: 'A lookup has failed, and not because upstream does not know the customer; each attempt has its own line',
  },
  'upstream circuit changed': {
    level: 'warn',
    members: ['circuit'],
    when: 'A circuit has opened or closed. Its tests of upstream have no line',
  },
  'dependency is failing': {
    level: 'error',
    members: ['dependency', 'cause'],
    when: 'The dependency begins to fail, or fails from another cause: at most ten causes in an outage',
  },
  'dependency call failed': {
    level: 'debug',
    members: ['dependency', 'traceId', 'status', 'outcome', 'meaning', 'cause', 'durationMs'],
    when: 'A call to the token endpoint or for the key set has failed',
  },
  'dependency works again': {
    level: 'warn',
    members: ['dependency', 'failures', 'durationMs'],
    when: 'The dependency works again. For Redis: it has worked for five seconds',
  },
  'dependency was failing, and has not been called for five minutes': {
    level: 'warn',
    members: ['dependency', 'failures', 'durationMs'],
    when: 'The outage ends, since nothing is known of the dependency any more. The next failure begins another',
  },
  'log lines were dropped because they were not read in time': {
    level: 'warn',
    members: ['lines'],
    when: 'More than 4 MiB of lines were not read; written once the reader has caught up',
  },
  'https_proxy is not read: set HTTPS_PROXY, in capitals': {
    level: 'warn',
    members: [],
    when: 'At the start, if only the spelling in lower case is set, which other programs read',
  },
  'fewer connections than MAX_CONNECTIONS are accepted: the process may open no more files': {
    level: 'warn',
    members: ['connections'],
    when: 'At the start, if the limit of open files (`ulimit -n`), less a reserve for upstream and Redis, is lower than `MAX_CONNECTIONS`',
  },
  'unhandled error': {
    level: 'error',
    members: ['err'],
    when: 'A defect of the gateway. Report it. One outside of any request ends the process with 1',
  },
} as const satisfies Record<string, Line>;

/** The members of a line. One that is undefined is left out. */
export type MembersOf<Msg extends keyof typeof LINES> = {
  readonly [Member in (typeof LINES)[Msg]['members'][number]]: unknown;
};

/** Writes a line of the catalogue, at its level and with exactly its members. */
export function writeLine<Msg extends keyof typeof LINES>(logger: Logger, msg: Msg, members: MembersOf<Msg>): void {
  const fields: object = 'err' in members ? { ...members, err: defectOf(members.err) } : members;
  logger[LINES[msg].level](fields, msg);
}

/** What may be printed of an error that nobody expected. */
export type Defect = { readonly type: string; readonly code?: string; readonly stack: string };

/** Any error, or whatever else was thrown, without its message and members, which may hold anything of a request. */
export function defectOf(error: unknown): Defect {
  if (!(error instanceof Error)) return { type: typeof error, stack: '' };
  const { code, message, name, stack = '' } = error as NodeJS.ErrnoException;
  // The stack begins with the message, which may have lines like those of the stack.
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length).split('\n');
  return {
    type: name,
    ...(typeof code === 'string' && /^[A-Z\d_]+$/.test(code) && { code }),
    stack: frames.filter((line) => /^ +at /.test(line)).join('\n'),
  };
}
