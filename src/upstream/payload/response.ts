import type { UpstreamVerdict } from '../../model/errors.ts';
import { totalsOf, type UpstreamPage, type Window } from '../../model/page.ts';
import { noJson } from '../causes.ts';
import type { RawResponse } from '../transport.ts';
import { type ErrorBody, errorBodyOf, errorOf, UpstreamError } from './outcome.ts';
import { type IdPrefix, pageFrom, type ReadPage } from './page.ts';
import { isObject, WrittenNumber } from './values.ts';

/** The longest pause after a 429, in seconds. A client is told the pause that is kept. */
export const MAX_PAUSE_SECONDS = 900;

/**
 * The page in a response. An error in the body counts with any status, since upstream also sends errors with HTTP 200.
 * Without one, the status decides. A 4xx may still hold a page, but only with promotions.
 * @throws UpstreamError with the meaning of the response; it quotes nothing of upstream's text
 */
export function pageOf(
  { status, retryAfter, requestId, contentType, body }: RawResponse,
  idPrefix: IdPrefix,
): ReadPage {
  const text = body.toString('utf8');
  const content = parse(text);
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
  return exactPage(text, content, idPrefix);
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
  const text = body.toString('utf8');
  const { page } = exactPage(text, parse(text) ?? {}, idPrefix);
  return window.limit === 0 ? totalsOf(page, window) : page;
}

/** The JSON object in a text, undefined for anything else. */
function parse(text: string, reviver?: Reviver): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(text, reviver);
    return isObject(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Numbers that a double may not hold as they are written: over 15 digits, zeros at the end of decimals, an exponent. */
const INEXACT = /[:[,]\s*-?(?:\d{16,}(?:\.\d+)?|\d+\.\d*0|(?=[\d.]{17})\d+\.\d+|\d+(?:\.\d+)?e[+-]?\d+)\s*[,}\]]/i;

/**
 * The page in a text that was parsed. Numbers keep their digits: where the digits of a number count, and the text has one
 * that parsing may have changed, it is parsed once more, number by number, which takes five times as long. Most payloads write decimals
 * as text and pay nothing.
 */
function exactPage(text: string, content: Record<string, unknown>, idPrefix: IdPrefix): ReadPage {
  const read = pageFrom(content, idPrefix);
  return read.metNumbers && INEXACT.test(text) ? pageFrom(parse(text, asWritten) ?? content, idPrefix) : read;
}

/** What JSON.parse passes to a reviver: the source text of a value that is neither an object nor a list. */
type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;

const asWritten: Reviver = (_, value, context) =>
  typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
    ? new WrittenNumber(context.source)
    : value;

function isPage(content: Record<string, unknown>): boolean {
  return 'promotions' in content || 'customerId' in content || 'pageDetails' in content;
}

/** Retry-After in whole seconds, from a number or an HTTP date: at most the longest pause, and 1 if it cannot be read. */
function secondsOf(retryAfter: string | undefined): number {
  const value = retryAfter?.trim() ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? 1 : Math.min(MAX_PAUSE_SECONDS, Math.max(1, Math.ceil(seconds)));
}
