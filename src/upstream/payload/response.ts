import { type ErrorCode, GatewayError, type UpstreamVerdict } from '../../model/errors.ts';
import type { RawAnswer } from '../transport.ts';
import { pageFrom, type ReadPage } from './page.ts';
import { isObject } from './values.ts';

/** The error codes of the endpoint's reference page. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [8015, 'CUSTOMER_NOT_FOUND'],
  [8013, 'BAD_USER_INPUT'],
  [8003, 'BAD_USER_INPUT'],
  [310144, 'DATA_SCOPE_REJECTED'],
]);

const MAX_RETRY_AFTER_SECONDS = 3600;

/**
 * What an answer of upstream's means. Its body decides, since errors come with HTTP 200 too and a success may come with
 * any 2xx; the status decides where it says more than a body can: 429, 401 and 403, and where there is no error body.
 * @throws GatewayError with the code that stands for the failure; it holds nothing of upstream's text.
 */
export function pageOf({ status, retryAfter, body }: RawAnswer): ReadPage {
  if (status === 429) {
    throw new GatewayError('UPSTREAM_RATE_LIMITED', { upstream: { status }, retryAfterSeconds: secondsOf(retryAfter) });
  }
  const content = parse(body);
  const errorCode = content && errorCodeOf(content);
  const upstream: UpstreamVerdict = typeof errorCode === 'number' ? { status, code: errorCode } : { status };
  if (status === 401) throw new GatewayError('UNAUTHENTICATED', { upstream });
  if (status === 403) throw new GatewayError('FORBIDDEN', { upstream });
  if (errorCode !== undefined) {
    throw new GatewayError((errorCode !== null && CODES.get(errorCode)) || 'UPSTREAM_REJECTED', { upstream });
  }
  if (status >= 500) throw new GatewayError('UPSTREAM_UNAVAILABLE', { upstream });
  if (status < 200 || status >= 300 || content === undefined || !isPage(content)) {
    throw new GatewayError('UPSTREAM_INVALID_RESPONSE', { upstream });
  }
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

/** The code of an error body, null for one without a code that can be read, undefined where there is no error. */
function errorCodeOf({ errors }: Record<string, unknown>): number | null | undefined {
  if (!Array.isArray(errors) || errors.length === 0) return isObject(errors) ? codeOf(errors) : undefined;
  return codeOf(errors[0]);
}

function codeOf(error: unknown): number | null {
  const code = isObject(error) ? Number(error.code) : Number.NaN;
  return Number.isSafeInteger(code) ? code : null;
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
