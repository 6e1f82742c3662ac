import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

// The shell is the same browser without windows: the tests take 0.6 of the time in it.
const NAMES = [
  'chromium-headless-shell',
  'chrome-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'chrome.exe',
];

/** The browser's program: the variable CHROMIUM, or else the first of these names in PATH. Undefined if there is none. */
export function chromiumPath({ CHROMIUM, PATH = '' } = process.env): string | undefined {
  if (CHROMIUM !== undefined) return CHROMIUM;
  const places = NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  return places.find((path) => existsSync(path));
}

/** Starts Chromium without requests to other hosts. @throws if there is none */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath() ?? 'chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}

/** Problems of a page. A clean page has none. */
export type PageTroubles = {
  /** Requests to other hosts, whose names lead nowhere. */
  readonly foreign: string[];
  /** Violations of the page's security policy. */
  readonly violations: string[];
  readonly exceptions: string[];
  /** Other errors on the console, except for requests that failed. */
  readonly complaints: string[];
};

/** Collects the problems of a page. No route watches it: that would hold each request up, and turn the cache off. */
export function watchPage(page: Page, host: string): PageTroubles {
  const troubles: PageTroubles = { foreign: [], violations: [], exceptions: [], complaints: [] };
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.host !== host && url.protocol !== 'data:' && url.protocol !== 'blob:') troubles.foreign.push(url.href);
  });
  page.on('console', (message) => {
    const text = message.text();
    if (/Content Security Policy/i.test(text)) troubles.violations.push(text);
    else if (message.type() === 'error' && !text.startsWith('Failed to load resource')) troubles.complaints.push(text);
  });
  page.on('pageerror', (error) => troubles.exceptions.push(error.message));
  return troubles;
}
