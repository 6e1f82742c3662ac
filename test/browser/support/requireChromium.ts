import { existsSync } from 'node:fs';
import { chromiumPath } from './browser.ts';

/** Ends the run with one line if there is no browser. */
export default function requireChromium(): void {
  const path = chromiumPath();
  if (path !== undefined && existsSync(path)) return;
  console.error(
    path === undefined
      ? 'These tests need Chromium in PATH, or its path in CHROMIUM. Install it, such as with apt-get install chromium-headless-shell.'
      : `CHROMIUM: There is no file ${path}.`,
  );
  process.exit(1);
}
