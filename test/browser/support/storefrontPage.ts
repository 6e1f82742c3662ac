// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { createRequire } from 'node:module';
import type { BrowserContextOptions, Locator, Page, Route } from 'playwright-core';
import { expect } from 'vitest';
import { startStorefront } from '../../support/storefront.ts';
import { type PageTroubles, watchPage } from './browser.ts';
import { test as base } from './browserTest.ts';

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

export type Opening = BrowserContextOptions & {
  /** Handles the page's requests before they reach the gateway. */
  readonly onQuestion?: (route: Route) => Promise<void>;
  /** Handles the page's requests for fonts. */
  readonly onFont?: (route: Route) => Promise<void>;
  /** Runs in the page before its own script. */
  readonly before?: () => void;
};

/**
 * The fixture of storefront tests. Everything that was started is stopped.
 * `open(search, opening)` opens the page as built, in a new browser context: `?as=some` is signed in as the member of that name. No page
 * may call another host or throw.
 */
export const test = base
  .extend('storefront', { scope: 'file' }, async ({}, { onCleanup }) => {
    const storefront = await startStorefront('--production');
    onCleanup(async () => void (await storefront.program.stop()));
    return storefront;
  })
  .extend('open', async ({ browser, storefront }, { onCleanup }) => {
    const opened: { readonly page: Page; readonly troubles: PageTroubles }[] = [];
    onCleanup(async () => {
      for (const { page, troubles } of opened) {
        await page.context().close();
        expect(troubles).toMatchObject({ foreign: [], exceptions: [] });
      }
    });
    return async (search = '', { onQuestion, onFont, before, ...options }: Opening = {}): Promise<Page> => {
      const page = await browser.newPage({ viewport: DESKTOP, locale: 'en-GB', ...options });
      opened.push({ page, troubles: watchPage(page, new URL(storefront.url).host) });
      if (onQuestion !== undefined) await page.route('**/graphql', onQuestion);
      if (onFont !== undefined) await page.route('**/*.woff2', onFont);
      if (before !== undefined) await page.addInitScript(before);
      await page.goto(storefront.url + search);
      return page;
    };
  });

export const cards = (page: Page) => page.getByRole('article');
export const card = (page: Page, name: string) =>
  cards(page).filter({ has: page.getByRole('heading', { name, exact: true }) });
export const filter = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });
export const notice = (page: Page, code: string) => page.locator(`[role=alert][data-code=${code}]`);
export const focused = (element: Locator) => element.evaluate((node) => node === document.activeElement);

/** Waits for the final view: the sign-in, offers or a notice. */
export const settled = (page: Page) => page.locator('.member, article, .notice').first().waitFor();

/** Opens every closed section. */
export async function unfold(page: Page): Promise<void> {
  for (const summary of await page.locator('summary').all()) await summary.click();
}

/** A response with one error, as the gateway sends it. */
export function failing(code: string, extensions: Record<string, unknown> = {}) {
  return {
    data: { customer: null },
    errors: [{ message: code, extensions: { code, requestId: 'request-1', ...extensions } }],
  };
}

/** Answers with failures while `now` is true, and else with the gateway's own responses. */
export function failingWhile(failure: { now: boolean }, code: string): Opening {
  return { onQuestion: (route) => (failure.now ? route.fulfill({ json: failing(code) }) : route.continue()) };
}

/** Lets the gateway answer, and changes each promotion of its response. */
export function changing(change: (promotion: Record<string, unknown>) => Record<string, unknown>): Opening {
  return {
    onQuestion: async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      for (const edge of body.data.customer.promotionConnection.edges)
        edge.node = { ...edge.node, ...change(edge.node) };
      await route.fulfill({ response, json: body });
    },
  };
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds on a page, with its elements. */
export async function findings(page: Page): Promise<unknown[]> {
  await page.addScriptTag({ path: AXE });
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))',
  );
}
