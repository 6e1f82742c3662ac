import { type UpstreamVerdict, wholeSeconds } from '../../model/errors.ts';
import { isCustomerId } from '../../model/identifier.ts';
import type { PageEntry, UpstreamPage, UpstreamPageDetails, Warning } from '../../model/page.ts';
import { moreBracketsThan, noJson } from '../causes.ts';
import type { RawResponse } from '../transport.ts';
import { type ErrorBody, errorBodyOf, errorOf, UpstreamError } from './outcome.ts';
import { promotionFrom } from './promotionReader.ts';
import {
  type Drift,
  DriftCollector,
  id,
  integer,
  isAbsent,
  isObject,
  membersOf,
  missing,
  text,
  unreadable,
  WrittenNumber,
} from './values.ts';

/** The longest pause after a 429, in seconds. A client is told the pause that is kept. */
export const MAX_PAUSE_SECONDS = 900;

/**
 * The page in a response. An error in the body counts with any status, since upstream also sends errors with HTTP 200.
 * Without one, the status decides. A 4xx may still hold a page, but only with a list, which may be empty.
 * @throws UpstreamError with the meaning of the response; it quotes nothing of upstream's text
 */
export function pageOf(
  { status, retryAfter, requestId, contentType, body }: RawResponse,
  idPrefix: IdPrefix,
): PageRead {
  const isDense = hasTooManyBrackets(body);
  const text = body.toString('utf8');
  const json = isDense ? undefined : jsonIn(text);
  const content = isObject(json) ? json : undefined;
  const errorBody = content && errorBodyOf(content);
  const upstream = verdictOf(status, errorBody, requestId);
  const error = errorOf(upstream, errorBody, secondsOf(retryAfter));
  if (error !== undefined) throw error;
  if (status < 200 || (status >= 300 && status < 400)) throw unreadableResponse(upstream, `HTTP ${status}`);
  if (isDense) throw unreadableResponse(upstream, moreBracketsThan(MAX_BRACKETS));
  if (json === undefined) throw unreadableResponse(upstream, noJson(contentType));
  if (content === undefined) throw unreadableResponse(upstream, NO_PAGE);
  if (status >= 400 && !Array.isArray(content.promotions)) {
    throw new UpstreamError('refused', 'UPSTREAM_REJECTED', { upstream, cause: `HTTP ${status}` });
  }
  if (!isPage(content)) throw unreadableResponse(upstream, NO_PAGE);
  return exactPage(text, content, idPrefix);
}

function verdictOf(status: number, body: ErrorBody | undefined, requestId: string | undefined): UpstreamVerdict {
  return {
    status,
    ...(body?.code !== undefined && { code: body.code }),
    ...(requestId !== undefined && { requestId }),
  };
}

const NO_PAGE = 'not a promotions page';

function unreadableResponse(upstream: UpstreamVerdict, cause: string): UpstreamError {
  return new UpstreamError('unreadable', 'UPSTREAM_INVALID_RESPONSE', { upstream, cause });
}

/** The page in a body that was read before. */
export function readPage(body: Buffer, idPrefix: IdPrefix): UpstreamPage {
  const text = body.toString('utf8');
  return exactPage(text, parse(text) ?? {}, idPrefix).page;
}

/** Far more objects and lists than a page of 100 promotions has. Millions of them take half a second and more to parse. */
const MAX_BRACKETS = 200_000;
/** What `[` and `{` have in common, and no other character. */
const [BRACKET, CASE] = [0x7b, 0x20];

function hasTooManyBrackets(body: Buffer): boolean {
  if (body.length <= MAX_BRACKETS) return false;
  let left = MAX_BRACKETS;
  for (let at = 0; at < body.length && left >= 0; at++) if (((body[at] ?? 0) | CASE) === BRACKET) left--;
  return left < 0;
}

/** The JSON value in a text, undefined for anything else. */
function jsonIn(text: string, reviver?: Reviver): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch {
    return undefined;
  }
}

/** The JSON object in a text, undefined for anything else. */
function parse(text: string, reviver?: Reviver): Record<string, unknown> | undefined {
  const json = jsonIn(text, reviver);
  return isObject(json) ? json : undefined;
}

/** Numbers that a double may not hold as they are written: over 15 digits, zeros at the end of decimals, -0, an exponent. */
const INEXACT =
  /[:[,]\s*-?(?:(?<=-)0|\d{16,}(?:\.\d+)?|\d+\.\d*0|(?=[\d.]{17})\d+\.\d+|\d+(?:\.\d+)?e[+-]?\d+)\s*[,}\]]/i;

/**
 * The page in a text that was parsed. Numbers keep their digits: where the digits of a number count, and the text has one
 * that parsing may have changed, it is parsed once more, number by number, which takes five times as long. Most payloads
 * write decimals as text and pay nothing.
 */
function exactPage(text: string, content: Record<string, unknown>, idPrefix: IdPrefix): PageRead {
  const read = pageFrom(content, idPrefix);
  const asRead = () => withWarning(read, 'numbers', LACKING_DIGITS);
  const exact = read.metNumbers && INEXACT.test(text) ? (writtenPage(text, idPrefix) ?? asRead()) : read;
  return text.includes(UNREADABLE)
    ? withWarning(exact, 'characters', 'Characters that cannot be read are U+FFFD.')
    : exact;
}

const LACKING_DIGITS = 'Numbers may lack digits, since the response is nested too deep or has too many values.';
/** Ten times the values of a page of 100 promotions. So many take up to a third of a second to read one by one. */
const MAX_COMMAS = 50_000;

/** The page, read number by number. Undefined if it is nested so deep that this overflows the stack, or has too many values. */
function writtenPage(text: string, idPrefix: IdPrefix): PageRead | undefined {
  const content = hasTooManyCommas(text) ? undefined : parse(text, asWritten);
  return content && pageFrom(content, idPrefix);
}

/** Those in strings do not count: a description may list hundreds of shops. */
function hasTooManyCommas(json: string): boolean {
  let [left, isInString] = [MAX_COMMAS, false];
  for (let at = 0; at < json.length && left > 0; at++) {
    const character = json[at];
    if (character === '"') isInString = !isInString;
    else if (isInString && character === '\\') at++;
    else if (!isInString && character === ',') left--;
  }
  return left === 0;
}

/** What bytes become that are no text in the body's charset. */
const UNREADABLE = '\ufffd';

function withWarning({ page, drift, metNumbers }: PageRead, field: string, message: string): PageRead {
  return {
    page: { ...page, warnings: [...page.warnings, ofPage('INVALID_VALUE', message)] },
    drift: [...drift, { field, code: 'INVALID_VALUE' }],
    metNumbers,
  };
}

/** What JSON.parse passes to a reviver: the source text of a value that is neither an object nor a list. */
type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** A whole number that a double may not hold is told by its digits, even if it was read as written: its neighbours are read so too. */
const asWritten: Reviver = (_, value, context) => {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  const isRead = String(value) === context.source && (Number.isSafeInteger(value) || !Number.isInteger(value));
  return isRead ? value : new WrittenNumber(context.source);
};

function isPage(content: Record<string, unknown>): boolean {
  return 'promotions' in content || 'customerId' in content || 'pageDetails' in content;
}

/**
 * Retry-After in whole seconds, from a number or an HTTP date: at most the longest pause, and 1 if it cannot be read. Proxies join
 * two of them by a comma, and some write a unit.
 */
function secondsOf(retryAfter: string | undefined): number {
  const value = retryAfter?.trim() ?? '';
  const [number] = /^\d+(\.\d+)?(?= *(,|s|$))/.exec(value) ?? [];
  const ms = number === undefined ? Date.parse(value) - Date.now() : Number(number) * 1000;
  return Number.isNaN(ms) ? 1 : Math.min(MAX_PAUSE_SECONDS, wholeSeconds(ms));
}

/** A page, and the values in it that were not as documented. */
export type PageRead = {
  readonly page: UpstreamPage;
  readonly drift: readonly Drift[];
  /** Whether digits were taken from numbers, which parsing may have rounded. */
  readonly metNumbers: boolean;
};

const NO_WARNINGS: readonly Warning[] = Object.freeze([]);
const MAX_UPSTREAM_WARNINGS = 100;
/** Ten times the entries that a call asks for. Those beyond its window only count, and millions of them take seconds to read. */
const MAX_ENTRIES = 1000;
/** So many count. The cache writes each as JSON to measure a page, and would take seconds for millions, and then drop the page. */
const MAX_COUNTED = 10_000;
const NOT_READ: PageEntry = Object.freeze({ promotion: null, warnings: NO_WARNINGS });

/** Gives the prefix of the ids of a page's promotions, by the page's REST `customerId`. */
export type IdPrefix = (customerId: string | null) => string;

/**
 * The page in the body of a successful response. It never fails: a value that cannot be read is replaced or dropped, with a
 * warning that names it. Entries keep their positions.
 */
export function pageFrom(body: Record<string, unknown>, idPrefix: IdPrefix): PageRead {
  const found = new DriftCollector();
  const customerId = customerIdFrom(body.customerId, found);
  // Read first: the drift is bounded, and must not lack that the list cannot be read.
  const rawPromotions = promotionsFrom(body.promotions, found);
  const upstreamWarnings = warningsFrom(body.warnings, found);
  const pageDetails = pageDetailsFrom(body.pageDetails, rawPromotions.length, found);
  const own = found.take();
  const entries = new Array<PageEntry>(Math.min(rawPromotions.length, MAX_COUNTED)).fill(NOT_READ, MAX_ENTRIES);
  const prefix = rawPromotions.length === 0 ? '' : idPrefix(customerId);
  for (let place = 0; place < Math.min(entries.length, MAX_ENTRIES); place++) {
    entries[place] = entryFrom(rawPromotions[place], prefix, found);
  }
  const warnings =
    own.length === 0 && found.leftOut === 0
      ? upstreamWarnings
      : [...upstreamWarnings, ...own, ...leftOut(found.leftOut)];
  return { page: { customerId, pageDetails, entries, warnings }, drift: found.drift, metNumbers: found.metNumbers };
}

function leftOut(count: number): readonly Warning[] {
  if (count === 0) return NO_WARNINGS;
  return [ofPage('INVALID_VALUE', `${count} more values were replaced or dropped.`)];
}

/** A warning about the page, not one of its values. */
function ofPage(code: string | null, message: string): Warning {
  return { code, message, promotionId: null, field: null };
}

function entryFrom(raw: unknown, idPrefix: string, found: DriftCollector): PageEntry {
  if (isObject(raw)) return { promotion: promotionFrom(raw, idPrefix, found), warnings: found.take() };
  found.add('INVALID_VALUE', 'promotions[]', raw);
  return { promotion: null, warnings: found.take() };
}

/** An event names a customer by its id, so that another spelling of it would hide the customer's pages from events. */
function customerIdFrom(value: unknown, found: DriftCollector): string | null {
  const read = id(value, 'customerId', found);
  return read === null || isCustomerId(read) ? read : unreadable(value, 'customerId', found);
}

/** REST `promotions` is null if a customer has none. A page that lacks it says so. */
function promotionsFrom(value: unknown, found: DriftCollector): readonly unknown[] {
  if (value === undefined) missing(value, 'promotions', found);
  return membersOf(value, 'promotions', found);
}

/** Null without a total, or with one that the page disproves. The page details are then computed from the entries. */
function pageDetailsFrom(value: unknown, entryCount: number, found: DriftCollector): UpstreamPageDetails | null {
  if (!isObject(value)) {
    found.add('INVALID_VALUE', 'pageDetails', value);
    return null;
  }
  const pageNumber = count(value.pageNumber, 'pageDetails.pageNumber', found);
  const pageSize = count(value.pageSize, 'pageDetails.pageSize', found);
  const totalEntries = count(value.totalEntries, 'pageDetails.totalEntries', found, entryCount);
  const pageCount = count(value.pageCount, 'pageDetails.pageCount', found);
  return totalEntries === null ? null : { pageNumber, pageSize, totalEntries, pageCount };
}

function count(value: unknown, field: string, found: DriftCollector, least = 0): number | null {
  const number = integer(value, field, found) ?? missing(value, field, found);
  return number !== null && number < least ? unreadable(value, field, found) : number;
}

/** Upstream's warnings are objects like its errors, or sometimes plain strings. A single one may come without a list. */
function warningsFrom(value: unknown, found: DriftCollector): readonly Warning[] {
  if (isAbsent(value)) return NO_WARNINGS;
  const members: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (members.length === 0) return NO_WARNINGS;
  const warnings = members.slice(0, MAX_UPSTREAM_WARNINGS).flatMap((member) => warningFrom(member, found) ?? []);
  const more = members.length - MAX_UPSTREAM_WARNINGS;
  return more > 0 ? [...warnings, ofPage(null, `${more} more warnings of upstream are not listed.`)] : warnings;
}

function warningFrom(raw: unknown, found: DriftCollector): Warning | null {
  if (raw === '') return null;
  if (typeof raw === 'string') return ofPage(null, text(raw, 'warnings[]', found) ?? raw);
  if (!isObject(raw)) {
    found.add('INVALID_VALUE', 'warnings[]', raw);
    return null;
  }
  const code = id(raw.code, 'warnings[].code', found);
  const message = text(raw.message, 'warnings[].message', found);
  if (message !== null) return ofPage(code, message);
  if (code !== null) return ofPage(code, `Upstream warned with code ${code}.`);
  return missing(raw.message, 'warnings[].message', found);
}
