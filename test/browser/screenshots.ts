import { mkdir } from 'node:fs/promises';
import { startProgram } from '../support/process.ts';
import { launchBrowser } from './support/browser.ts';
import { openPlayground, responseOf, run } from './support/playgroundPage.ts';

/** Takes the README's picture of the playground again: `node test/browser/screenshots.ts`, after `npm run build:playground`. */
const PLAYGROUND = '.github/images/playground.png';

const gateway = startProgram('src/main.js', { PORT: '0', LOG_FORMAT: 'pretty' });
const browser = await launchBrowser();
try {
  const [, address = ''] = await gateway.printed(/GraphQL\s+(http:\/\/\S+)/);
  const page = await browser.newPage({ viewport: { width: 1440, height: 760 }, colorScheme: 'light' });
  await openPlayground(page, address);
  await run(page);
  await responseOf(page).getByText('Award50').waitFor();
  await page.mouse.move(0, 0);
  await mkdir('.github/images', { recursive: true });
  await page.screenshot({ path: PLAYGROUND, animations: 'disabled' });
  console.log(PLAYGROUND);
} finally {
  await browser.close();
  await gateway.stop();
}
