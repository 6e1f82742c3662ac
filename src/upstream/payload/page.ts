import type { PageEntry, UpstreamPage, UpstreamPageDetails, Warning } from '../../model/page.ts';
import { promotionFrom } from './promotion.ts';
import { type Drift, DriftCollector } from './schemaDrift.ts';
import { id, integer, isAbsent, isObject, membersOf, missing, text, unreadable } from './values.ts';

/** A page, and the values in it that were not as documented. */
export type ReadPage = {
  readonly page: UpstreamPage;
  readonly drift: readonly Drift[];
  /** Whether digits were taken from numbers, which parsing may have rounded. */
  readonly metNumbers: boolean;
};

const NO_WARNINGS: readonly Warning[] = Object.freeze([]);
const MAX_UPSTREAM_WARNINGS = 100;

/** Gives the prefix of the ids of a page's promotions, by the page's REST `customerId`. */
export type IdPrefix = (customerId: string | null) => string;

/**
 * The page in the body of a successful response. It never fails: a value that cannot be read is replaced or dropped, with a
 * warning that names it. Entries keep their positions.
 */
export function pageFrom(body: Record<string, unknown>, idPrefix: IdPrefix): ReadPage {
  const found = new DriftCollector();
  const customerId = id(body.customerId, 'customerId', found);
  const pageDetails = pageDetailsFrom(body.pageDetails, found);
  const upstreamWarnings = warningsFrom(body.warnings, found);
  const rawPromotions = promotionsFrom(body.promotions, found);
  const own = found.take();
  const entries: PageEntry[] = new Array(rawPromotions.length);
  const prefix = rawPromotions.length === 0 ? '' : idPrefix(customerId);
  for (let place = 0; place < rawPromotions.length; place++) {
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

/** REST `promotions` is null if a customer has none. A page that lacks it says so. */
function promotionsFrom(value: unknown, found: DriftCollector): readonly unknown[] {
  if (value === undefined) missing(value, 'promotions', found);
  return membersOf(value, 'promotions', found);
}

/** Null without a total. The page details are then computed from the entries. */
function pageDetailsFrom(value: unknown, found: DriftCollector): UpstreamPageDetails | null {
  if (!isObject(value)) {
    found.add('INVALID_VALUE', 'pageDetails', value);
    return null;
  }
  const pageNumber = count(value.pageNumber, 'pageDetails.pageNumber', found);
  const pageSize = count(value.pageSize, 'pageDetails.pageSize', found);
  const totalEntries = count(value.totalEntries, 'pageDetails.totalEntries', found);
  const pageCount = count(value.pageCount, 'pageDetails.pageCount', found);
  return totalEntries === null ? null : { pageNumber, pageSize, totalEntries, pageCount };
}

function count(value: unknown, field: string, found: DriftCollector): number | null {
  const number = integer(value, field, found) ?? missing(value, field, found);
  return number !== null && number < 0 ? unreadable(value, field, found) : number;
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
