import { mkdir } from 'node:fs/promises';
import { startStorefront } from '../support/storefront.ts';
import { launchBrowser } from './support/browser.ts';

/** Takes the README's pictures of the storefront again: `node test/browser/storefrontScreenshots.ts`. */
const DESKTOP = { viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1 };
const PHONE = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 1.5 };
const PICTURES = [
  { name: 'desktop', device: DESKTOP, colorScheme: 'light', from: 'Good to see you, Maya' },
  { name: 'phone', device: PHONE, colorScheme: 'dark', from: 'Good to see you, Maya' },
  { name: 'phone-used-up', device: PHONE, colorScheme: 'light', from: 'Used up' },
] as const;

const storefront = await startStorefront('--production');
const browser = await launchBrowser();
try {
  await mkdir('.github/images', { recursive: true });
  for (const { name, device, colorScheme, from } of PICTURES) {
    const page = await browser.newPage({ ...device, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' });
    await page.goto(`${storefront.url}?as=some`);
    await page.getByRole('article').first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    const heading = page.getByRole('heading', { name: from });
    await heading.evaluate((node) => window.scrollBy(0, node.getBoundingClientRect().top - 150));
    const path = `.github/images/storefront-${name}.png`;
    await page.screenshot({ path, animations: 'disabled' });
    await page.close();
    console.log(path);
  }
} finally {
  await browser.close();
  await storefront.program.stop();
}
