import { describe, expect, onTestFinished } from 'vitest';
import { startPrefixingProxy } from '../support/prefixingProxy.ts';
import { queryOf, responseOf, run, summaryOf, tab, togglePanel, typeInto } from './support/playgroundPage.ts';
import { test } from './support/playgroundTest.ts';

describe('The playground', () => {
  test('is reachable from the root', async ({ serve, open }) => {
    const page = await open(`${await serve()}/`);
    expect(new URL(page.url()).pathname).toBe('/graphql');
    expect(await page.title()).toBe('Promotions gateway');
  });

  test('runs the query that is already there and shows Award50', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
  });

  test('works behind a proxy that serves it under a path', async ({ serve, open }) => {
    const proxy = await startPrefixingProxy(await serve(), '/loyalty');
    onTestFinished(() => proxy.close());
    const page = await open(`${proxy.origin}/loyalty/`);
    expect(new URL(page.url()).pathname).toBe('/loyalty/graphql');
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
  });

  test('has a tab that shows what an error looks like', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await tab(page, 'Failing').click();
    await run(page);
    await responseOf(page).getByText('UPSTREAM_UNAVAILABLE').waitFor();
    await summaryOf(page).getByText('HTTP 200, 1 error').waitFor();
  });

  test('keeps tabs over a reload, and clears them on demand', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await page.getByRole('button', { name: 'Close Failing' }).click();
    await tab(page, 'Failing').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('query Failing');
    await page.reload();
    await tab(page, 'LoadMore').waitFor();
    expect(await tab(page, 'Failing').count()).toBe(0);
    await togglePanel(page, 'Settings');
    await page.getByRole('button', { name: 'Clear queries and history' }).click();
    await tab(page, 'Failing').waitFor();
  });

  test('completes fields with the descriptions of the schema', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await tab(page, 'ConnectedOrganisations').click();
    await queryOf(page).locator('.view-line', { hasText: 'orgId' }).last().click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('pointsOff');
    await page.locator('.suggest-widget .monaco-list-row', { hasText: 'pointsOfferType' }).first().waitFor();
    await page.keyboard.press('Control+Space'); // Opens the details of what is suggested.
    const details = page.locator('.suggest-details');
    await details.getByText('pointsOfferType').first().waitFor();
    expect(await details.textContent()).toContain('REST');
  });

  test('shows the descriptions of the schema in the docs', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await togglePanel(page, 'Docs');
    await page.getByRole('link', { name: 'Query', exact: true }).click();
    await page.getByText('One customer, looked up by an identifier.').waitFor();
  });

  test('has an explorer of the fields', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await togglePanel(page, 'Explorer');
    await page.getByRole('complementary', { name: 'Explorer' }).getByText('customers').first().waitFor();
  });

  test("sends a tab's own headers, and stores none of them", async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await typeInto(page, 'Headers', '{"data-scope": "OTHER", "data-scope-org": "50406", "x-request-id": "mine-1"}');
    const sent = page.waitForRequest((request) => (request.postData() ?? '').includes('CustomerPromotions'));
    await run(page);
    expect((await sent).headers()).toMatchObject({ 'data-scope': 'OTHER', 'x-request-id': 'mine-1' });
    await responseOf(page).getByText('Award 100 Points').first().waitFor();
    await togglePanel(page, 'History');
    await page.getByRole('complementary').getByText('CustomerPromotions').waitFor();
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(kept).toContain('CustomerPromotions');
    expect(kept).not.toContain('mine-1');
  });

  test('stops a run, aborts its call, and can run again', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await typeInto(page, 'Variables', '{"mobile": "917000000504"}');
    const cut = page.waitForEvent('requestfailed');
    await run(page);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    expect((await cut).postData()).toContain('917000000504');
    await typeInto(page, 'Variables', '{"mobile": "917406400033"}');
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
  });
});

describe('After a run, the playground shows', () => {
  test('status, time, size, and the cost upstream', async ({ serve, open }) => {
    const page = await open(`${await serve({ CACHE_TTL_SECONDS: '60' })}/graphql`);
    await run(page);
    await summaryOf(page).getByText('cache miss').waitFor();
    const parts = await summaryOf(page).locator('span').allTextContents();
    expect(parts).toEqual([
      'HTTP 200',
      expect.stringMatching(/^\d+ ms$/),
      expect.stringMatching(/^\d+ B$/),
      '1 upstream call',
      'cache miss',
    ]);
    await run(page);
    await summaryOf(page)
      .getByText(/^cache hit, \d+ s old$/)
      .waitFor();
    await summaryOf(page).getByText('0 upstream calls').waitFor();
    // The page gets it, but shows the response as a client would get it.
    expect(await responseOf(page).textContent()).not.toContain('upstreamCalls');
  });

  test('in each tab the report of its own run', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await run(page);
    await summaryOf(page).getByText('HTTP 200').waitFor();
    await tab(page, 'SeveralCustomers').click();
    await summaryOf(page).getByText('The response appears here.').waitFor();
    await run(page);
    await summaryOf(page).getByText('3 upstream calls').waitFor();
    await tab(page, 'CustomerPromotions').click();
    await summaryOf(page).getByText('1 upstream call', { exact: true }).waitFor();
  });

  test('no cost if debugging is off, and does not request it', async ({ serve, open }) => {
    const page = await open(`${await serve({ NODE_ENV: 'production', SANDBOX: 'true', PLAYGROUND: 'true' })}/graphql`);
    const sent = page.waitForRequest((request) => (request.postData() ?? '').includes('CustomerPromotions'));
    await run(page);
    expect((await sent).headers()).not.toHaveProperty('x-gateway-debug');
    await summaryOf(page).getByText('HTTP 200').waitFor();
    expect(await summaryOf(page).locator('span').count()).toBe(3);
  });

  test('the cost if the caller has the debug token', async ({ serve, open }) => {
    const page = await open(`${await serve({ DEBUG_TOKEN: 'the-token' })}/graphql`);
    await run(page);
    await page.getByRole('button', { name: 'Add a debug token to see the cost' }).click();
    await page.getByLabel('Debug token').fill('another');
    await run(page);
    await page.getByRole('status').getByText('The gateway did not accept the debug token').waitFor();
    await page.getByLabel('Debug token').fill('the-token');
    await run(page);
    await summaryOf(page).getByText('1 upstream call').waitFor();
  });
});

describe('The last line of the playground says', () => {
  test('that the gateway does not respond', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    const notice = page.getByRole('status');
    await page.route('**/graphql', (route) => route.abort('connectionrefused'));
    await run(page);
    await notice.getByText('The gateway does not respond.').waitFor();
    await page.unroute('**/graphql');
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
    await notice.getByText('Runs need no credentials here.').waitFor();
  });

  test('that the response is not from the gateway', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await page.route('**/graphql', (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }));
    await run(page);
    await page.getByRole('status').getByText('The response is not JSON').waitFor();
    await responseOf(page).getByText('HTTP 502').first().waitFor();
  });

  test('that introspection is off, while queries still run', async ({ serve, open }) => {
    const page = await open(`${await serve({ INTROSPECTION: 'false' })}/graphql`);
    await page.getByRole('status').getByText('Introspection is off').waitFor();
    await tab(page, 'LoadMore').click();
    await run(page);
    await responseOf(page).getByText('totalCount').waitFor();
  });
});
