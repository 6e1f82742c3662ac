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

/** A page in Relay's shape. Its parts are computed only when they are read. */
export class PromotionConnection {
  readonly #page: PromotionPage;
  readonly #cursorAt: (offset: number) => string;

  /** @param cursorAt makes the cursor of the entry at an offset of the page's list */
  constructor(page: PromotionPage, cursorAt: (offset: number) => string) {
    this.#page = page;
    this.#cursorAt = cursorAt;
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
    return this.#cursorAt(this.#page.window.offset + index);
  }
}
