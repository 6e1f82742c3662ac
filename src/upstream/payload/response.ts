import { type ErrorCode, GatewayError, type UpstreamVerdict } from '../../model/errors.ts';
import type { RawAnswer } from '../transport.ts';
import { pageFrom, type ReadPage } from './page.ts';
import { isAbsent, isObject } from './values.ts';

/** The error codes of the endpoint's reference page. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [8015, 'CUSTOMER_NOT_FOUND'],
  [8013, 'BAD_USER_INPUT'],
  [8003, 'BAD_USER_INPUT'],
  [310144, 'DATA_SCOPE_REJECTED'],
]);

const MAX_RETRY_AFTER_SECONDS = 3600;

/**
 * What an answer of upstream's means. An error in its body decides whatever the status, since errors come with HTTP 200
 * too; only 401, 403 and 429 say more than a body can. Without one the status decides; a 4xx may still carry a page, but
 * must then show promotions.
 * @throws GatewayError with the code that stands for the failure; it holds nothing of upstream's text.
 */
export function pageOf({ status, retryAfter, body }: RawAnswer): ReadPage {
  const content = parse(body);
  const refusal = content && refusalIn(content);
  const upstream: UpstreamVerdict = refusal?.code === undefined ? { status } : { status, code: refusal.code };
  if (status === 429) {
    throw new GatewayError('UPSTREAM_RATE_LIMITED', { upstream, retryAfterSeconds: secondsOf(retryAfter) });
  }
  if (status === 401) throw new GatewayError('UNAUTHENTICATED', { upstream });
  if (status === 403) throw new GatewayError('FORBIDDEN', { upstream });
  if (refusal !== undefined) throw new GatewayError(meaningOf(refusal), { upstream });
  if (status >= 500) throw new GatewayError('UPSTREAM_UNAVAILABLE', { upstream });
  const redirected = status < 200 || (status >= 300 && status < 400);
  if (redirected || content === undefined) throw new GatewayError('UPSTREAM_INVALID_RESPONSE', { upstream });
  if (status >= 400 && !Array.isArray(content.promotions)) throw new GatewayError('UPSTREAM_REJECTED', { upstream });
  if (!isPage(content)) throw new GatewayError('UPSTREAM_INVALID_RESPONSE', { upstream });
  return pageFrom(content);
}

/** The JSON object in a body, undefined for anything else. */
function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(body.toString('utf8'));
    return isObject(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** What an error body says; its code is undefined where none can be read. */
type Refusal = { readonly code: number | undefined };

/** The refusal in a body's `errors`, undefined where they are absent, null or empty. Of several codes a known one counts. */
function refusalIn({ errors }: Record<string, unknown>): Refusal | undefined {
  if (isAbsent(errors) || errors === '' || errors === false) return undefined;
  const members: readonly unknown[] = Array.isArray(errors) ? errors : [errors];
  if (members.length === 0) return undefined;
  const codes = members.map(codeOf).filter((code) => code !== undefined);
  return { code: codes.find((code) => CODES.has(code)) ?? codes[0] };
}

/** At most nine digits: a longer number is no error code, and could be somebody's. */
function codeOf(error: unknown): number | undefined {
  const code = isObject(error) ? error.code : undefined;
  if (typeof code !== 'number' && typeof code !== 'string') return undefined;
  return /^\d{1,9}$/.test(String(code)) ? Number(code) : undefined;
}

function meaningOf({ code }: Refusal): ErrorCode {
  return (code === undefined ? undefined : CODES.get(code)) ?? 'UPSTREAM_REJECTED';
}

function isPage(content: Record<string, unknown>): boolean {
  return 'promotions' in content || 'customerId' in content || 'pageDetails' in content;
}

/** Retry-After in whole seconds: a number or an HTTP date, an hour at the most, 1 where there is none that can be read. */
function secondsOf(retryAfter: string | undefined): number {
  const value = retryAfter?.trim() ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? 1 : Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
}
