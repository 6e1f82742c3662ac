// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import { test as base } from 'vitest';
import { launchBrowser } from './browser.ts';

/** `browser`: a browser, which all tests of the file share. */
export const test = base.extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
  const browser = await launchBrowser();
  onCleanup(() => browser.close());
  return browser;
});
