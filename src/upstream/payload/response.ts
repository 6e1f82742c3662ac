import type { UpstreamVerdict } from '../../model/errors.ts';
import { totalsOf, type UpstreamPage, type Window } from '../../model/page.ts';
import { noJson } from '../causes.ts';
import type { RawResponse } from '../transport.ts';
import { type ErrorBody, errorBodyOf, errorOf, UpstreamError } from './outcome.ts';
import { type IdPrefix, pageFrom, type ReadPage } from './page.ts';
import { isObject } from './values.ts';

const MAX_RETRY_AFTER_SECONDS = 3600;

/**
 * The page in a response. An error in the body counts with any status, since upstream also sends errors with HTTP 200.
 * Without one, the status decides. A 4xx may still hold a page, but only with promotions.
 * @throws UpstreamError with the meaning of the response; it quotes nothing of upstream's text
 */
export function pageOf(
  { status, retryAfter, requestId, contentType, body }: RawResponse,
  idPrefix: IdPrefix,
): ReadPage {
  const content = parse(body);
  const errorBody = content && errorBodyOf(content);
  const upstream = verdictOf(status, errorBody, requestId);
  const error = errorOf(upstream, errorBody, secondsOf(retryAfter));
  if (error !== undefined) throw error;
  if (status < 200 || (status >= 300 && status < 400)) throw unreadable(upstream, `HTTP ${status}`);
  if (content === undefined) throw unreadable(upstream, noJson(contentType));
  if (status >= 400 && !Array.isArray(content.promotions)) {
    throw new UpstreamError('refused', 'UPSTREAM_REJECTED', { upstream, cause: `HTTP ${status}` });
  }
  if (!isPage(content)) throw unreadable(upstream, 'not a promotions page');
  return pageFrom(content, idPrefix);
}

function verdictOf(status: number, body: ErrorBody | undefined, requestId: string | undefined): UpstreamVerdict {
  return {
    status,
    ...(body?.code !== undefined && { code: body.code }),
    ...(requestId !== undefined && { requestId }),
  };
}

function unreadable(upstream: UpstreamVerdict, cause: string): UpstreamError {
  return new UpstreamError('unreadable', 'UPSTREAM_INVALID_RESPONSE', { upstream, cause });
}

/** The page in a body that was read before, for this window. */
export function readPage(body: Buffer, window: Window, idPrefix: IdPrefix): UpstreamPage {
  const { page } = pageFrom(parse(body) ?? {}, idPrefix);
  return window.limit === 0 ? totalsOf(page, window) : page;
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

function isPage(content: Record<string, unknown>): boolean {
  return 'promotions' in content || 'customerId' in content || 'pageDetails' in content;
}

/** Retry-After in whole seconds, from a number or an HTTP date: at most an hour, and 1 if it cannot be read. */
function secondsOf(retryAfter: string | undefined): number {
  const value = retryAfter?.trim() ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? 1 : Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
}
