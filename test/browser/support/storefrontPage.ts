import type { Browser, BrowserContextOptions, Locator, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Storefront, startStorefront } from '../../support/storefront.ts';
import { launchBrowser, type PageTroubles, watchPage } from './browser.ts';

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

export type Opening = BrowserContextOptions & {
  /** Handles the page's requests before they reach the gateway. */
  readonly onQuestion?: (route: Route) => Promise<void>;
};

/**
 * Starts the storefront as built, for the tests of a file. They open fresh pages of it: `?as=some` is signed in as the
 * member of that name. No page may call another host or throw.
 */
export function storefrontPages(): (search?: string, opening?: Opening) => Promise<Page> {
  let storefront: Storefront;
  let browser: Browser;
  let troubles: PageTroubles[] = [];
  beforeAll(async () => {
    [storefront, browser] = await Promise.all([startStorefront('--production'), launchBrowser()]);
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(troubles.filter(({ foreign, exceptions }) => foreign.length + exceptions.length > 0)).toEqual([]);
    troubles = [];
  });
  afterAll(async () => {
    await browser?.close();
    await storefront?.program.stop();
  });

  return async (search = '', { onQuestion, ...options } = {}) => {
    const page = await browser.newPage({ viewport: DESKTOP, reducedMotion: 'reduce', locale: 'en-GB', ...options });
    troubles.push(await watchPage(page, new URL(storefront.url).host));
    if (onQuestion !== undefined) await page.route('**/graphql', onQuestion);
    await page.goto(storefront.url + search);
    return page;
  };
}

export const cards = (page: Page) => page.getByRole('article');
export const card = (page: Page, name: string) =>
  cards(page).filter({ has: page.getByRole('heading', { name, exact: true }) });
export const count = (page: Page) => page.getByRole('status');
export const filter = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });
export const notice = (page: Page, code: string) => page.locator(`[role=alert][data-code=${code}]`);
export const focused = (element: Locator) => element.evaluate((node) => node === document.activeElement);

/** Waits for the final view: the sign-in, offers or a notice. */
export const settled = (page: Page) => page.locator('.member, .voucher:not(.skeleton), .notice').first().waitFor();

/** A response with one error, as the gateway sends it. */
export function requestFailing(code: string, extensions: Record<string, unknown> = {}) {
  return {
    data: { customer: null },
    errors: [{ message: code, extensions: { code, requestId: 'request-1', ...extensions } }],
  };
}
