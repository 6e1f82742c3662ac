import type { Promotion } from './promotion.ts';

/** A warning about a page. The gateway's own warnings have the code UNKNOWN_VALUE, INVALID_VALUE or MISSING_ENTRIES. */
export type Warning = {
  readonly code: string | null;
  readonly message: string;
  /** REST `promotionId` of the promotion that it is about. Null for a warning about the page. */
  readonly promotionId: string | null;
  /** The path of a value in its promotion, or in the page. Null for upstream's own warnings, and for one that names no value. */
  readonly field: string | null;
};

/** One entry of upstream's list. `promotion` is null if the entry could not be read; its warnings say why. */
export type PageEntry = { readonly promotion: Promotion | null; readonly warnings: readonly Warning[] };

/** REST `pageDetails`. Members except the total are null if upstream omits them. */
export type UpstreamPageDetails = {
  readonly pageNumber: number | null;
  readonly pageSize: number | null;
  readonly totalEntries: number;
  readonly pageCount: number | null;
};

/**
 * The page of one upstream call. Entries keep their positions, so that windows can be cut from them.
 * `pageDetails` is null if upstream sent no readable total; `warnings` are the page's own, without those of its entries.
 */
export type UpstreamPage = {
  readonly customerId: string | null;
  readonly pageDetails: UpstreamPageDetails | null;
  readonly entries: readonly PageEntry[];
  readonly warnings: readonly Warning[];
};

/**
 * Whether a page's list could be read. One that could not is empty, with a warning about `promotions`, though its total counts some
 * in its window.
 */
export function hasReadableList({ limit, offset }: Window, { entries, pageDetails, warnings }: UpstreamPage): boolean {
  if (entries.length > 0 || limit === 0 || (pageDetails !== null && pageDetails.totalEntries <= offset)) return true;
  return !warnings.some(({ field }) => field === 'promotions');
}

/** A part of a list of promotions: `limit` entries from `offset` on. */
export type Window = { readonly offset: number; readonly limit: number };

export function sameWindow(a: Window, b: Window): boolean {
  return a.offset === b.offset && a.limit === b.limit;
}

/** The entries of the first window that are also in the second window. */
export function entriesWithin(
  entries: readonly PageEntry[],
  { offset, limit }: Window,
  window: Window,
): readonly PageEntry[] {
  const from = Math.max(window.offset, offset) - offset;
  const to = Math.min(window.offset + window.limit, offset + limit) - offset;
  return from === 0 && to >= entries.length ? entries : entries.slice(from, Math.max(from, to));
}

/** The page details of a window of a list, computed as upstream does. */
export function countedDetails({ offset, limit }: Window, totalEntries: number) {
  return {
    pageNumber: limit === 0 ? 0 : Math.floor(offset / limit),
    pageSize: limit,
    totalEntries,
    pageCount: limit === 0 ? 0 : Math.ceil(totalEntries / limit),
  };
}
