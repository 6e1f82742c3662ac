import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { panelOf, run, showPanel, summaryOf, typeInto } from './support/playgroundPage.ts';
import { DESK, PHONE, test } from './support/playgroundTest.ts';

/** The page's policy blocks other scripts, so the browser evaluates axe directly. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What is GraphiQL's own and cannot be mended from outside, as docs/playground.md says: the rule and the element. */
const ACCEPTED: readonly (readonly [rule: string, element: RegExp])[] = [
  ['nested-interactive', /^<li [^>]*class="graphiql-tab/],
  ['label-content-name-mismatch', /^<button [^>]*class="graphiql-un-styled graphiql-history-item-label/],
  ['label', /^<input type="text" value="10" style=/],
  ['select-name', /^<select style=/],
];

type Finding = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

/** Checks that axe finds no problem in the current view, other than the accepted ones. */
async function audit(page: Page, view: string): Promise<void> {
  const findings = await page.evaluate<Finding[]>('axe.run().then(({ violations }) => violations)');
  const found = findings
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html] as const))
    .filter(([id, html]) => !ACCEPTED.some(([rule, element]) => rule === id && element.test(html)));
  expect([view, ...found]).toEqual([view]);
}

describe('An accessibility audit finds nothing of ours', () => {
  test.for([
    ['light', DESK],
    ['dark', DESK],
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
      await panelOf(page).getByLabel('OAuth token').fill('tökén');
      await panelOf(page).getByText('A header can carry only printable ASCII').waitFor();
      await audit(page, 'Credentials');
      await panelOf(page).getByRole('button', { name: 'Clear all' }).click();
      await panelOf(page).getByRole('button', { name: 'Done' }).click();
      await typeInto(page, 'Variables', '{"mobile": "917406400033"}');
      await run(page);
      await summaryOf(page).getByRole('button', { name: 'Enter valid credentials' }).waitFor();
      await audit(page, 'refused response');
      for (const [title, content] of [
        ['Examples', 'Several customers'],
        ['Documentation Explorer', 'Root Types'],
        ['GraphiQL Explorer', 'promotionConnection'],
        ['History', 'CustomerPromotions'],
      ] as const) {
        await showPanel(page, title);
        await panelOf(page).getByText(content).first().waitFor();
        await audit(page, title);
      }
      await page.getByRole('button', { name: 'Open settings dialog' }).click();
      await page.getByRole('dialog').getByText('Theme', { exact: true }).waitFor();
      await audit(page, 'settings');
    },
  );
});
