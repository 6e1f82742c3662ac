import { type Browser, chromium, type Page } from 'playwright-core';

export const CHROMIUM = '/usr/bin/chromium';

/** Starts Debian's Chromium without anything that would ask the world. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** What went wrong on a page: requests to other hosts (they are blocked), and violations of its security policy. */
export type PageTroubles = { readonly foreign: string[]; readonly violations: string[]; readonly exceptions: string[] };

/** Blocks every host but this one, and collects what a clean page has none of. */
export async function watchPage(page: Page, host: string): Promise<PageTroubles> {
  const troubles: PageTroubles = { foreign: [], violations: [], exceptions: [] };
  await page.route('**/*', (route) => {
    const url = new URL(route.request().url());
    if (url.host === host || url.protocol === 'data:' || url.protocol === 'blob:') return route.continue();
    troubles.foreign.push(url.href);
    return route.abort();
  });
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) troubles.violations.push(message.text());
  });
  page.on('pageerror', (error) => troubles.exceptions.push(error.message));
  return troubles;
}
