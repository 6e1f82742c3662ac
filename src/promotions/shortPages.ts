import { LRUCache } from 'lru-cache';
import type { PageEntry, UpstreamPage, Window } from '../model/page.ts';

/** For how long a habit of upstream's is known before it is learnt anew, in milliseconds. */
const KNOWN_MS = 600_000;
const MAX_KNOWN = 1000;

/** A page that lacks a larger share is followed by a call each time: upstream is not taken for one that leaves out so much. */
const LEFT_OUT_SHARE = 0.1;

/** An entry that upstream counts and did not send. */
export const NOT_SENT: PageEntry = Object.freeze({ promotion: null, warnings: Object.freeze([]) });

/**
 * A page may hold fewer entries than were asked for and exist, for one of two reasons that a single page does not tell apart:
 * upstream sends at most so many at once (the rest follows at the next offset), or it left some of these out (nothing follows).
 * What was seen for some credentials is what is expected of their next pages.
 */
export class ShortPages {
  readonly #known = new LRUCache<string, Habit>({
    max: MAX_KNOWN,
    ttl: KNOWN_MS,
    ttlResolution: 0,
    memoMethod: () => new Habit(),
  });

  /** @param identity of the credentials, for which upstream may have other limits than for others */
  of(identity: string): Habit {
    return this.#known.memo(identity);
  }
}

/** What upstream's short pages mean for some credentials. */
export class Habit {
  /** How many entries the last page had that went on. One of the same length probably goes on too. */
  #cap: number | undefined;
  #leavesOut = false;

  /** Whether a page is complete but for what was left out, so that nothing has to be asked for. */
  leavesOut(window: Window, page: UpstreamPage): boolean {
    return (
      this.#leavesOut && page.entries.length !== this.#cap && lackOf(window, page) <= window.limit * LEFT_OUT_SHARE
    );
  }

  /**
   * Whether the next page goes on where a short one ended. That also tells why it was short, which is learnt unless the list has
   * changed meanwhile or its total is wrong.
   */
  goesOn(page: UpstreamPage, next: UpstreamPage): boolean {
    const isNext = follows(page, next);
    const isSameList = page.pageDetails?.totalEntries === next.pageDetails?.totalEntries;
    if (isNext) this.#cap = page.entries.length;
    else if (isSameList && next.entries.length > 0) this.#leavesOut = true;
    return isNext;
  }
}

/** How many entries a page lacks of those that its total promises for its window; 0 if upstream sent no total. */
export function lackOf({ offset, limit }: Window, { entries, pageDetails }: UpstreamPage): number {
  if (pageDetails === null) return 0;
  return Math.max(0, Math.min(limit, pageDetails.totalEntries - offset) - entries.length);
}

/** The part of a window that its page does not reach. */
export function restOf({ offset, limit }: Window, { entries }: UpstreamPage): Window {
  return { offset: offset + entries.length, limit: limit - entries.length };
}

/**
 * Whether the page at the next offset goes on where this one ended: at most half of its promotions are also this one's. A list
 * that changes between the calls, or holds a promotion twice, repeats some; after left-out entries, all are repeated.
 */
function follows(page: UpstreamPage, next: UpstreamPage): boolean {
  const seen = new Set(page.entries.flatMap(({ promotion }) => promotion?.promotionId ?? []));
  const sent = next.entries.flatMap(({ promotion }) => promotion?.promotionId ?? []);
  const repeated = sent.filter((id) => seen.has(id));
  return next.entries.length > 0 && repeated.length * 2 <= sent.length;
}

/**
 * The page with all its positions. It is not known where entries were left out; they are placed before the last one, so that a
 * client that goes on after the last one gets none twice.
 */
export function withGap(window: Window, page: UpstreamPage): UpstreamPage {
  const gap = Array<PageEntry>(lackOf(window, page)).fill(NOT_SENT);
  return { ...page, entries: [...page.entries.slice(0, -1), ...gap, ...page.entries.slice(-1)] };
}
