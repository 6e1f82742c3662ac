import type { UpstreamVerdict } from '../../model/errors.ts';
import { totalsOf, type UpstreamPage, type Window } from '../../model/page.ts';
import { noJson } from '../causes.ts';
import type { RawAnswer } from '../transport.ts';
import { type ErrorBody, errorBodyOf, errorOf, UpstreamError } from './outcome.ts';
import { type IdPrefix, pageFrom, type ReadPage } from './page.ts';
import { isObject } from './values.ts';

const MAX_RETRY_AFTER_SECONDS = 3600;

/**
 * The page in an answer. An error in its body counts whatever the status, since errors come with HTTP 200 too. Without
 * one the status decides; a 4xx may still carry a page, but must then show promotions.
 * @throws UpstreamError with what the answer means; it holds nothing of upstream's text.
 */
export function pageOf({ status, retryAfter, requestId, contentType, body }: RawAnswer, idPrefix: IdPrefix): ReadPage {
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
  if (!isPage(content)) throw unreadable(upstream, 'no promotions page');
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

/** The page in a body that was read as this window before. */
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

/** Retry-After in whole seconds: a number or an HTTP date, an hour at the most, 1 if there is none that can be read. */
function secondsOf(retryAfter: string | undefined): number {
  const value = retryAfter?.trim() ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? 1 : Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
}
