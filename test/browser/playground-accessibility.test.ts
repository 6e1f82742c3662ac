import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { responseOf, run, summaryOf, togglePanel, typeInto } from './support/playgroundPage.ts';
import { DESK, PHONE, TABLET, test } from './support/playgroundTest.ts';

/** The page's policy blocks other scripts, so the browser evaluates axe directly. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Finding = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

/** Checks that axe finds no problem in the current view. */
async function audit(page: Page, view: string): Promise<void> {
  const found = await page.evaluate<Finding[]>('axe.run().then(({ violations }) => violations)');
  expect([view, ...found.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])]).toEqual([view]);
}

describe('An accessibility audit finds nothing', () => {
  test.for([
    ['light', DESK],
    ['dark', TABLET],
    ['light', PHONE],
    ['dark', PHONE],
  ] as const)(
    'in any view, %s, %o',
    { timeout: 240_000 },
    async ([colorScheme, viewport], { serve, open, upstream }) => {
      upstream.reset();
      const real = await serve({ UPSTREAM_URL: upstream.url, DEBUG_TOKEN: 'token' });
      const page = await open(`${real}/graphql`, { colorScheme, viewport, reducedMotion: 'reduce' });
      await page.evaluate(AXE);
      await page.getByRole('status').getByText('Runs need credentials').waitFor();
      await audit(page, 'query');
      await typeInto(page, 'Variables', '{"mobile": "917406400033"}');
      await run(page);
      await responseOf(page).getByText('UNAUTHENTICATED').waitFor();
      await summaryOf(page).getByText('1 error').waitFor();
      await audit(page, 'refused response');
      for (const panel of ['Credentials', 'Docs', 'Explorer', 'History', 'Settings']) {
        await togglePanel(page, panel);
        await page.getByRole('complementary', { name: panel }).waitFor();
        if (panel === 'Docs') await page.getByRole('link', { name: 'Query', exact: true }).click();
        await audit(page, panel);
      }
      await togglePanel(page, 'Settings');
      await page.getByRole('button', { name: 'New tab' }).click();
      await audit(page, 'new tab');
    },
  );
});
