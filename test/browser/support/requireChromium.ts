import { existsSync } from 'node:fs';
import { CHROMIUM } from './browser.ts';

/** Ends the run with one line if there is no browser. */
export default function requireChromium(): void {
  if (existsSync(CHROMIUM)) return;
  console.error(`These tests need Chromium at ${CHROMIUM}. Install it: apt-get install chromium`);
  process.exit(1);
}
