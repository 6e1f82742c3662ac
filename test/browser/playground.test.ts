import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Program, startProgram } from '../support/process.ts';
import { launchBrowser, type PageTroubles, watchPage } from './support/browser.ts';

let gateway: Program;
let origin: string;
let browser: Browser;
let page: Page;
let troubles: PageTroubles;
beforeAll(async () => {
  gateway = startProgram('src/main.ts', { PORT: '0' });
  origin = (await gateway.printed(/GraphQL\s+(http:\/\/\S+)\/graphql/))[1] ?? '';
  browser = await launchBrowser();
});
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  troubles = await watchPage(page, new URL(origin).host);
});
afterEach(async () => {
  await page.close();
  expect(troubles).toEqual({ foreign: [], violations: [], exceptions: [] });
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

const open = async (path = '/graphql') => {
  await page.goto(`${origin}${path}`);
  await page.getByRole('button', { name: /Execute query/ }).waitFor();
};
const run = () => page.getByRole('button', { name: /Execute query/ }).click();
const response = () => page.locator('.graphiql-response');

describe('The playground, with every other host blocked and under its strict policy', () => {
  test('is reachable from the root', async () => {
    await open('/');
    expect(new URL(page.url()).pathname).toBe('/graphql');
    expect(await page.title()).toBe('Promotions gateway');
  });

  test('runs the query that is already there and shows Award50', async () => {
    await open();
    await run();
    await response().getByText('Award50').waitFor();
  });

  test('has its tabs, and one shows what an error looks like', async () => {
    await open();
    await page.getByRole('tab', { name: 'Failing' }).click();
    await run();
    await response().getByText('UPSTREAM_UNAVAILABLE').waitFor();
  });

  test('completes fields with our descriptions', async () => {
    await open();
    await page.getByRole('tab', { name: 'ConnectedOrganisations' }).click();
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'orgId' }).last().click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('pointsOff');
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget .monaco-list-row', { hasText: 'pointsOfferType' }).first().waitFor();
    const details = page.locator('.suggest-details');
    if (!(await details.isVisible())) await page.keyboard.press('Control+Space');
    await details.getByText('pointsOfferType').first().waitFor();
    expect(await details.textContent()).toContain('REST');
  });

  test('shows our descriptions in the docs', async () => {
    await open();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Query', exact: true }).click();
    await page.getByText('One customer, looked up by an identifier.').waitFor();
  });

  test('has an explorer of the fields', async () => {
    await open();
    await page.getByRole('button', { name: /GraphiQL Explorer/ }).click();
    await page.locator('.docExplorerWrap, .graphiql-plugin').getByText('customers').first().waitFor();
  });

  test('sends the headers that are set in it', async () => {
    await open();
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .monaco-editor').last().click();
    await page.keyboard.type('{"data-scope": "OTHER", "data-scope-org": "50406"}');
    const sent = page.waitForRequest(
      (request) => request.method() === 'POST' && (request.postData() ?? '').includes('CustomerPromotions'),
    );
    await run();
    expect((await sent).headers()).toMatchObject({ 'data-scope': 'OTHER', 'data-scope-org': '50406' });
    await response().getByText('Award 100 Points').first().waitFor();
  });
});
