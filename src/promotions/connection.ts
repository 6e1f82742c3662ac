import type { Warning } from '../model/page.ts';
import type { Promotion } from '../model/promotion.ts';
import type { PromotionPage } from './promotionPage.ts';

export type PromotionEdge = { readonly cursor: string; readonly node: Promotion };

export type PageInfo = {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
};

type CursorAt = (offset: number) => string;

/** A page in Relay's shape. Its parts are computed only when they are read. */
export class PromotionConnection {
  readonly #page: PromotionPage;
  readonly #cursors: () => CursorAt;
  #cursorAt: CursorAt | undefined;

  /** @param cursors makes the cursors of the page's list, called only if one is selected */
  constructor(page: PromotionPage, cursors: () => CursorAt) {
    this.#page = page;
    this.#cursors = cursors;
  }

  get totalCount(): number {
    return this.#page.pageDetails.totalEntries;
  }

  get warnings(): readonly Warning[] {
    return this.#page.warnings;
  }

  get nodes(): readonly Promotion[] {
    return this.#page.items;
  }

  get edges(): readonly PromotionEdge[] {
    return this.#page.entries.flatMap(({ promotion }, index) =>
      promotion === null ? [] : [{ cursor: this.#cursor(index), node: promotion }],
    );
  }

  /** The cursors of the first and the last entry, even if those were dropped, so that the next page can always be requested. */
  get pageInfo(): PageInfo {
    const { entries, pageDetails, window } = this.#page;
    const any = entries.length > 0;
    return {
      hasNextPage: pageDetails.hasNextPage,
      hasPreviousPage: window.offset > 0,
      startCursor: any ? this.#cursor(0) : null,
      endCursor: any ? this.#cursor(entries.length - 1) : null,
    };
  }

  #cursor(index: number): string {
    this.#cursorAt ??= this.#cursors();
    return this.#cursorAt(this.#page.window.offset + index);
  }
}
