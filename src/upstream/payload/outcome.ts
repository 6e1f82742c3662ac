import { type ErrorCode, type ErrorDetails, GatewayError, type UpstreamVerdict } from '../../model/errors.ts';
import type { Moment } from '../../model/moment.ts';
import { isAbsent, isObject } from './values.ts';

/**
 * What the outcome of a call means. Only this file decides the meaning and its consequences:
 * - `late`: the call used up its whole time without a complete response;
 * - `failing`: no response, an incomplete one, or one that only reports that upstream fails (5xx, or the code 500);
 * - `disconnected`: a kept-alive connection was dead before the call was sent;
 * - `throttled`: the call limit is reached (429);
 * - `refused`: upstream works and reports what is wrong with the call;
 * - `unreadable`: upstream sent something that is not a promotions page;
 * - `left over`: the parser refused what came on a kept-alive connection, maybe the rest of an earlier response.
 */
export type Meaning = 'late' | 'failing' | 'disconnected' | 'throttled' | 'refused' | 'unreadable' | 'left over';

/** What follows from an outcome. Whoever has to act on it reads one of these, and decides nothing again. */
export type Consequences = {
  /** Another attempt may succeed. */
  readonly retried: boolean;
  /** It is a failure of upstream: enough of them open the circuit. */
  readonly opensCircuit: boolean;
  /** Pages that were cached before may still be served while they are stale. Only a refusal by upstream ends that. */
  readonly keepsPages: boolean;
  /** Upstream may have more calls than it can handle. */
  readonly usedUpItsTime: boolean;
  /** The seconds for which these credentials make no call. */
  readonly pausedSeconds: number | undefined;
  /** Upstream refused the credentials of the call, also with another code in the body. */
  readonly refusesCredentials: boolean;
  /** Upstream refused a call for no entries. */
  readonly refusesLimitZero: boolean;
  /** A kept-alive connection was dead before the call was sent: that says nothing about upstream. */
  readonly lostConnection: boolean;
  /** An unknown customer is a normal response, and so is what the gateway itself repairs. */
  readonly isLogged: boolean;
};

/** The consequences of errors that no call of upstream's caused: aborted calls, the gateway's limits and its defects. */
const NONE: Consequences = {
  retried: false,
  opensCircuit: false,
  keepsPages: true,
  usedUpItsTime: false,
  pausedSeconds: undefined,
  refusesCredentials: false,
  refusesLimitZero: false,
  lostConnection: false,
  isLogged: true,
};

const BY_MEANING: Readonly<Record<Meaning, Consequences>> = {
  late: { ...NONE, retried: true, opensCircuit: true, usedUpItsTime: true },
  failing: { ...NONE, retried: true, opensCircuit: true },
  disconnected: { ...NONE, retried: true, lostConnection: true, isLogged: false },
  throttled: NONE,
  refused: { ...NONE, keepsPages: false },
  unreadable: NONE,
  // Repeated once on another connection, but never retried: there, it may be refused as well.
  'left over': { ...NONE, lostConnection: true },
};

/** What a 401 says: upstream refuses the account; another token may be accepted; or it may be only this customer. */
export type RefusedPart = 'account' | 'token' | 'customer';

/** A call that did not return a page. */
export class UpstreamError extends GatewayError {
  declare readonly cause: string;
  readonly meaning: Meaning;
  readonly consequences: Consequences;
  /** As in a `Page`. Whoever makes the call sets it. */
  decidedAt: Moment | undefined;
  /** If upstream refused the credentials, what of them. Whoever makes the call sets it. */
  refused: RefusedPart | undefined;

  constructor(meaning: Meaning, code: ErrorCode, details: ErrorDetails & { readonly cause: string }) {
    super(code, details);
    this.meaning = meaning;
    this.consequences = BY_MEANING[meaning];
    if (meaning === 'refused' || meaning === 'throttled') {
      const refusesLimitZero = this.upstream?.code === LIMIT_TOO_SMALL;
      this.consequences = {
        ...this.consequences,
        keepsPages: this.consequences.keepsPages || WINDOW_REFUSED.has(this.upstream?.code),
        pausedSeconds: meaning === 'throttled' ? this.retryAfterSeconds : undefined,
        refusesCredentials: this.upstream?.status === 401,
        refusesLimitZero,
        isLogged: code !== 'CUSTOMER_NOT_FOUND' && !refusesLimitZero,
      };
    }
  }
}

/** The consequences of any error; none for one that upstream did not cause. */
export function consequencesOf(error: unknown): Consequences {
  return error instanceof UpstreamError ? error.consequences : NONE;
}

type Refusal = { readonly code: ErrorCode; readonly message?: string };

const SOURCE: Refusal = {
  code: 'BAD_USER_INPUT',
  message: 'Upstream refused the source. Use one that is set up for the organisation.',
};
const IDENTIFIER: Refusal = {
  code: 'BAD_USER_INPUT',
  message: 'Upstream refused the identifier. Check its name and value.',
};
const INPUT: Refusal = {
  code: 'BAD_USER_INPUT',
  message: 'Upstream refused an argument and did not name it. Check the identifier and the source.',
};

/** The documented codes. They take precedence over the HTTP status. */
const REFUSALS: ReadonlyMap<number, Refusal> = new Map([
  ...each([8015, 8065, 8089, 816, 1011, 1012, 1013, 1020], { code: 'CUSTOMER_NOT_FOUND' }),
  ...each([8001, 8003, 8011, 8012, 8016, 8127], SOURCE),
  ...each([8002, 8013, 8092, 8093, 1104], IDENTIFIER),
  ...each([8045, 8054, 8091], { code: 'ACCOUNT_REQUIRED' }),
  ...each([8100], { code: 'BAD_USER_INPUT', message: 'Upstream refused the offset.' }),
  ...each([8101, 8102], { code: 'BAD_USER_INPUT', message: 'Upstream refused the limit.' }),
  ...each([8125], { code: 'BAD_USER_INPUT', message: 'Upstream refused the promotion status.' }),
  ...each([8126, 310144], { code: 'DATA_SCOPE_REJECTED' }),
  ...each([1044], { code: 'FORBIDDEN' }),
  ...each([618], { code: 'CUSTOMER_BLOCKED' }),
]);

/** The code with which some installations refuse a limit of 0 ("Limit should be greater than 0"). */
const LIMIT_TOO_SMALL = 8101;

/** The codes that refuse the offset or the limit of a call, and say nothing about the other pages of its query. */
const WINDOW_REFUSED: ReadonlySet<number | undefined> = new Set([8100, LIMIT_TOO_SMALL, 8102]);

/** Codes that only repeat an HTTP status. Any other code says more. */
const INVALID_INPUT = 400;
const ALL_FAILED = 500;

function each(codes: readonly number[], refusal: Refusal): [number, Refusal][] {
  return codes.map((code) => [code, refusal]);
}

/** The code in an error body; `code` is undefined if none can be read. */
export type ErrorBody = { readonly code: number | undefined };

/**
 * The code in `errors` of a body, or undefined if they say nothing. A known code takes precedence, and of these one that says more
 * than that the window is refused.
 */
export function errorBodyOf({ errors }: Readonly<Record<string, unknown>>): ErrorBody | undefined {
  const members = (Array.isArray(errors) ? errors : [errors]).filter(saysAnything);
  if (members.length === 0) return undefined;
  const codes = members.map(codeOf).filter((code) => code !== undefined);
  const known = codes.filter((code) => REFUSALS.has(code));
  const code = known.find((each) => !WINDOW_REFUSED.has(each)) ?? known[0] ?? codes.find((each) => each === ALL_FAILED);
  return { code: code ?? codes[0] };
}

function saysAnything(error: unknown): boolean {
  return isAbsent(error) || typeof error !== 'object' ? Boolean(error) : Object.keys(error).length > 0;
}

/** At most six digits, like the longest known code. A longer number could be a customer's id or mobile number. */
function codeOf(error: unknown): number | undefined {
  const code = isObject(error) ? error.code : undefined;
  if (typeof code !== 'number' && typeof code !== 'string') return undefined;
  return /^\d{1,6}$/.test(String(code)) ? Number(code) : undefined;
}

/** Whether a status says what is wrong without a body, which may be cut off or unreadable then. */
export function saysEnough(status: number, { consequences }: UpstreamError): boolean {
  const told = errorOf({ status }, undefined, 1);
  // A failure that used up its time says more than one that is told at once.
  return told !== undefined && !(told.meaning === 'failing' && consequences.usedUpItsTime);
}

/**
 * The error of a response that is not a page by its status or its error body; undefined if it may be a page.
 * A known code takes precedence over the status, and the status over a code that only repeats it.
 * @param retryAfterSeconds the `Retry-After` of a 429, which becomes its `pausedSeconds`
 */
export function errorOf(
  upstream: UpstreamVerdict,
  body: ErrorBody | undefined,
  retryAfterSeconds: number,
): UpstreamError | undefined {
  const { status } = upstream;
  const byCode = body?.code === undefined ? undefined : REFUSALS.get(body.code);
  if (byCode !== undefined) {
    return new UpstreamError('refused', byCode.code, { ...byCode, upstream, cause: `code ${body?.code}` });
  }
  const cause = body?.code === undefined ? `HTTP ${status}` : `HTTP ${status}, code ${body.code}`;
  if (status === 429) {
    return new UpstreamError('throttled', 'UPSTREAM_RATE_LIMITED', { upstream, retryAfterSeconds, cause });
  }
  if (status === 401) return new UpstreamError('refused', 'UNAUTHENTICATED', { upstream, cause });
  if (status === 403) return new UpstreamError('refused', 'FORBIDDEN', { upstream, cause });
  if (body?.code === INVALID_INPUT) return new UpstreamError('refused', INPUT.code, { ...INPUT, upstream, cause });
  if (status >= 500 || body?.code === ALL_FAILED) {
    return new UpstreamError('failing', 'UPSTREAM_UNAVAILABLE', { upstream, cause });
  }
  return body === undefined ? undefined : new UpstreamError('refused', 'UPSTREAM_REJECTED', { upstream, cause });
}
