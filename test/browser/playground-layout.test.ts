import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { queryOf, responseOf, run, summaryOf, tab, togglePanel, typeInto } from './support/playgroundPage.ts';
import { PHONE, TABLET, test } from './support/playgroundTest.ts';

/** Where a button is, in pixels of the window. */
const placeOf = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).boundingBox();

describe('The queries that the playground opens with', () => {
  test('cross subgraphs in the supergraph', async ({ supergraph, open }) => {
    const page = await open(`${supergraph}/graphql`);
    await page.getByRole('heading', { level: 1 }).getByText('supergraph').waitFor();
    for (const [name, shown] of [
      ['AccountsWithPromotions', 'Fifty points for every purchase'],
      ['MembersWithPromotions', '2019-05-04'],
      ['CustomerPromotions', 'Award50'],
      ['Unknown', 'CUSTOMER_NOT_FOUND'],
    ] as const) {
      await tab(page, name).click();
      await run(page);
      await responseOf(page).getByText(shown).first().waitFor();
    }
  });

  test('leave the customer of a real upstream blank, and make no call until it is filled in', async ({
    serve,
    open,
    upstream,
  }) => {
    upstream.reset();
    const page = await open(`${await serve({ UPSTREAM_URL: upstream.url })}/graphql`);
    await page.getByRole('heading', { level: 1 }).getByText('real upstream').waitFor();
    await togglePanel(page, 'Credentials');
    await page.getByLabel('OAuth token').fill('token');
    await run(page);
    await responseOf(page).getByText('BAD_USER_INPUT').waitFor();
    expect(upstream.calls).toEqual([]);
  });

  test('are offered in a new tab', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await page.getByRole('button', { name: 'New tab' }).click();
    await queryOf(page).getByText('Type a query here.').waitFor();
    await queryOf(page).getByRole('button', { name: 'SeveralCustomers' }).click();
    await queryOf(page).getByText('Type a query here.').waitFor({ state: 'detached' });
    await run(page);
    await responseOf(page).getByText('CUSTOMER_NOT_FOUND').waitFor();
  });
});

describe('The page', () => {
  test('moves nothing under the pointer when a notice changes', async ({ serve, open, upstream }) => {
    upstream.reset();
    const page = await open(`${await serve({ UPSTREAM_URL: upstream.url })}/graphql`);
    const before = [await placeOf(page, 'Run'), await placeOf(page, 'LoadMore'), await placeOf(page, 'Variables')];
    await typeInto(page, 'Variables', '{"mobile": "917406400033"}');
    await run(page);
    await page.getByRole('button', { name: 'Open Credentials' }).waitFor();
    await summaryOf(page).getByText('HTTP 200, 1 error').waitFor();
    const after = [await placeOf(page, 'Run'), await placeOf(page, 'LoadMore'), await placeOf(page, 'Variables')];
    expect(after).toEqual(before);
  });

  test('shows a sixth and a seventh tab while a panel is open', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`, { viewport: TABLET });
    await togglePanel(page, 'Docs');
    for (const expected of [6, 7]) {
      await page.getByRole('button', { name: 'New tab' }).click();
      const tabs = page.getByRole('navigation', { name: 'Queries' }).getByRole('listitem');
      await expect.poll(() => tabs.count()).toBe(expected);
      const [last, add] = [await tabs.last().boundingBox(), await placeOf(page, 'New tab')];
      expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(add?.x ?? 0);
      expect((add?.x ?? 0) + (add?.width ?? 0)).toBeLessThanOrEqual(TABLET.width);
    }
    await tab(page, 'CustomerPromotions').click();
    await queryOf(page).getByText('query CustomerPromotions').waitFor();
  });

  test('shows either query, response or panel on a phone, each over the whole width', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`, { viewport: PHONE, hasTouch: true });
    const wide = async (name: string, role: 'region' | 'complementary' = 'region') =>
      (await page.getByRole(role, { name, exact: true }).boundingBox())?.width;
    expect(await wide('Query')).toBe(PHONE.width);
    expect(await responseOf(page).isVisible()).toBe(false);
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
    expect(await wide('Response')).toBe(PHONE.width);
    expect(await queryOf(page).isVisible()).toBe(false);
    await togglePanel(page, 'Docs');
    expect(await wide('Docs', 'complementary')).toBe(PHONE.width);
    await page.getByRole('button', { name: 'Query', exact: true }).click();
    await queryOf(page).getByText('query CustomerPromotions').waitFor();
    expect(await page.getByRole('complementary').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
  });
});
