import type { PageEntry, UpstreamPage, UpstreamPageDetails, Warning } from '../../model/page.ts';
import type { Drift } from '../events.ts';
import { Findings } from './findings.ts';
import { promotionFrom } from './promotion.ts';
import { id, integer, isObject } from './values.ts';

/** A page as read, and what in it was not as documented. */
export type ReadPage = { readonly page: UpstreamPage; readonly drift: readonly Drift[] };

const NO_WARNINGS: readonly Warning[] = Object.freeze([]);

/**
 * The page in the body of a successful answer. Never fails: what cannot be read is replaced or dropped, with a warning
 * that names it, and entries keep their places.
 */
export function pageFrom(body: Record<string, unknown>): ReadPage {
  const findings = new Findings();
  const customerId = id(body.customerId, 'customerId', findings);
  const pageDetails = pageDetailsFrom(body.pageDetails, findings);
  const upstreamWarnings = warningsFrom(body.warnings, findings);
  const rawPromotions = promotionsFrom(body.promotions, findings);
  const own = findings.take();
  const entries: PageEntry[] = new Array(rawPromotions.length);
  for (let place = 0; place < rawPromotions.length; place++) entries[place] = entryFrom(rawPromotions[place], findings);
  const warnings = own.length === 0 ? upstreamWarnings : [...upstreamWarnings, ...own];
  return { page: { customerId, pageDetails, entries, warnings }, drift: findings.drift };
}

function entryFrom(raw: unknown, findings: Findings): PageEntry {
  if (isObject(raw)) return { promotion: promotionFrom(raw, findings), warnings: findings.take() };
  findings.add('INVALID_VALUE', 'promotions[]', raw);
  return { promotion: null, warnings: findings.take() };
}

/** REST `promotions` is null where a customer has none. */
function promotionsFrom(value: unknown, findings: Findings): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value !== undefined && value !== null) findings.add('INVALID_VALUE', 'promotions', value);
  return [];
}

/** Null where any of the four is missing: a page is then counted from what is known. */
function pageDetailsFrom(value: unknown, findings: Findings): UpstreamPageDetails | null {
  if (!isObject(value)) {
    findings.add('INVALID_VALUE', 'pageDetails', value);
    return null;
  }
  const pageNumber = count(value, 'pageNumber', findings);
  const pageSize = count(value, 'pageSize', findings);
  const totalEntries = count(value, 'totalEntries', findings);
  const pageCount = count(value, 'pageCount', findings);
  if (pageNumber === null || pageSize === null || totalEntries === null || pageCount === null) return null;
  return { pageNumber, pageSize, totalEntries, pageCount };
}

function count(
  pageDetails: Record<string, unknown>,
  member: keyof UpstreamPageDetails,
  findings: Findings,
): number | null {
  const field = `pageDetails.${member}`;
  const value = integer(pageDetails[member], field, findings);
  if (value !== null && value >= 0) return value;
  if (value !== null || pageDetails[member] === undefined || pageDetails[member] === null) {
    findings.add('INVALID_VALUE', field, pageDetails[member]);
  }
  return null;
}

/** Upstream's warnings are objects like its errors, and plain strings now and then. */
function warningsFrom(value: unknown, findings: Findings): readonly Warning[] {
  if (value === undefined || value === null) return NO_WARNINGS;
  if (!Array.isArray(value)) {
    findings.add('INVALID_VALUE', 'warnings', value);
    return NO_WARNINGS;
  }
  if (value.length === 0) return NO_WARNINGS;
  return value.flatMap((warning) => warningFrom(warning, findings) ?? []);
}

function warningFrom(raw: unknown, findings: Findings): Warning | null {
  if (typeof raw === 'string') return { code: null, message: raw };
  if (isObject(raw)) {
    const { code, message } = raw;
    const codeText = typeof code === 'string' || typeof code === 'number' ? String(code) : null;
    if (typeof message === 'string') return { code: codeText, message };
    if (codeText !== null) return { code: codeText, message: `Upstream warned with code ${codeText}.` };
  }
  findings.add('INVALID_VALUE', 'warnings[]', raw);
  return null;
}
