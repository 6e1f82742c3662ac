import { describe, expect, onTestFinished } from 'vitest';
import { startPrefixingProxy } from '../support/prefixingProxy.ts';
import {
  openExample,
  panelOf,
  queryOf,
  responseOf,
  run,
  showPanel,
  summaryOf,
  tab,
  typeInto,
} from './support/playgroundPage.ts';
import { PHONE, test } from './support/playgroundTest.ts';

const CUSTOMER = '{"mobile": "917406400033"}';

describe('The playground', () => {
  test('is reachable from the root, in compressed files, and opens with a query that runs', async ({ serve, open }) => {
    const page = await open(`${await serve()}/`);
    expect(new URL(page.url()).pathname).toBe('/graphql');
    expect(await page.title()).toBe('Promotions gateway');
    const assets = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .flatMap((entry) => (entry instanceof PerformanceResourceTiming ? entry : []))
        .filter(({ name }) => name.includes('/playground/'))
        .map(({ encodedBodySize, decodedBodySize }) => encodedBodySize < decodedBodySize),
    );
    expect(assets).toContain(true);
    expect(assets).not.toContain(false);
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
  });

  test('works behind a proxy that serves it under a path', async ({ serve, open }) => {
    const proxy = await startPrefixingProxy(await serve(), '/loyalty');
    onTestFinished(() => proxy.close());
    const page = await open(`${proxy.origin}/loyalty/`);
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
  });

  test('starts and runs if the browser blocks storage', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`, {}, () => {
      for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException('Access is denied for this document.', 'SecurityError');
          },
        });
      }
    });
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
    await showPanel(page, 'Credentials');
    await panelOf(page).getByRole('combobox').selectOption('SELF');
    const sent = page.waitForRequest((request) => (request.postData() ?? '').includes('CustomerPromotions'));
    await run(page);
    expect((await sent).headers()).toMatchObject({ 'data-scope': 'SELF' });
  });

  test("keeps each browser tab's own queries over a reload", async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await openExample(page, 'Load more', 'LoadMore');
    const stored = () => page.evaluate(() => JSON.stringify({ ...sessionStorage }));
    await expect.poll(stored).toContain('query LoadMore');
    const other = await page.context().newPage();
    await other.goto(page.url());
    await openExample(other, 'Several customers', 'SeveralCustomers');
    await expect
      .poll(() => other.evaluate(() => JSON.stringify({ ...localStorage })))
      .toContain('query SeveralCustomers');
    await page.reload();
    await tab(page, 'LoadMore').waitFor();
    expect(await tab(page, 'SeveralCustomers').count()).toBe(0);
  });

  test('offers no example before its editors are loaded, which would not open it', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    const late = await page.context().newPage();
    const held = Promise.withResolvers<void>();
    await late.route(/monaco|editor/, async (route) => {
      await held.promise;
      await route.continue();
    });
    await late.goto(page.url());
    const example = panelOf(late).getByRole('button', { name: 'Several customers' });
    await example.waitFor();
    expect(await example.isEnabled()).toBe(false);
    held.resolve();
    await openExample(late, 'Several customers', 'SeveralCustomers');
  });

  test('has the docs of the schema, an explorer, a history, and completion', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await run(page);
    await showPanel(page, 'Documentation Explorer');
    await panelOf(page).getByRole('link', { name: 'Query', exact: true }).click();
    await panelOf(page).getByText('One customer, looked up by an identifier.').waitFor();
    await showPanel(page, 'GraphiQL Explorer');
    await panelOf(page).getByText('promotionConnection').first().waitFor();
    await showPanel(page, 'History');
    await panelOf(page).getByText('CustomerPromotions').waitFor();
    await queryOf(page).locator('.view-line', { hasText: 'endDate' }).click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('metad');
    await page.locator('.suggest-widget .monaco-list-row', { hasText: 'metadata' }).waitFor();
  });

  test("sends a tab's own headers, and stores none of them", async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await typeInto(page, 'Headers', '{"Data-Scope": "OTHER", "data-scope-org": "50406", "x-request-id": "mine-\\"1"}');
    const sent = page.waitForRequest((request) => (request.postData() ?? '').includes('CustomerPromotions'));
    await run(page);
    expect((await sent).headers()).toMatchObject({ 'data-scope': 'OTHER', 'x-request-id': 'mine-"1' });
    await responseOf(page).getByText('Award 100 Points').first().waitFor();
    const stored = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    await expect.poll(stored).toContain('graphiql:queries');
    await expect.poll(stored).toContain('graphiql:tabState');
    expect(await stored()).not.toContain('mine-');
  });

  test('stops a run, aborts its call, and can run again', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await typeInto(page, 'Variables', '{"mobile": "917000000504"}');
    const cut = page.waitForEvent('requestfailed');
    await run(page);
    await page.getByRole('button', { name: /^Stop query/ }).click();
    expect((await cut).postData()).toContain('917000000504');
    await typeInto(page, 'Variables', CUSTOMER);
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
  });

  test('stacks query and response on a phone, and shows a panel over both', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`, { viewport: PHONE, hasTouch: true });
    await run(page);
    await responseOf(page).getByText('customer').first().waitFor();
    const [query, response] = [await queryOf(page).boundingBox(), await responseOf(page).boundingBox()];
    expect(response?.y).toBeGreaterThan((query?.y ?? 0) + (query?.height ?? 0));
    for (const box of [query, response]) expect(box?.width).toBeGreaterThan(PHONE.width - 40);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
    await showPanel(page, 'Examples');
    expect((await panelOf(page).boundingBox())?.width).toBe(PHONE.width);
    // The panel would cover the query that it opens, so it closes.
    await openExample(page, 'Several customers', 'SeveralCustomers');
    await run(page);
    await summaryOf(page).getByText('3 upstream calls').waitFor();
  });
});

describe("The playground's examples", () => {
  test('cross subgraphs in the supergraph', async ({ supergraph, open }) => {
    const page = await open(`${supergraph}/graphql`);
    await page.getByRole('heading', { level: 1 }).getByText('supergraph').waitFor();
    await run(page);
    await responseOf(page).getByText('Fifty points for every purchase').first().waitFor();
  });

  test('leave the customer of a real upstream blank, and make no call until it is filled in', async ({
    serve,
    open,
    upstream,
  }) => {
    upstream.reset();
    const page = await open(`${await serve({ UPSTREAM_URL: upstream.url })}/graphql`);
    await page.getByRole('heading', { level: 1 }).getByText('real').waitFor();
    await panelOf(page).getByLabel('OAuth token').fill('token');
    await run(page);
    await responseOf(page).getByText('BAD_USER_INPUT').waitFor();
    expect(upstream.calls).toEqual([]);
  });

  test('open in new tabs, and show what an error looks like', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await openExample(page, 'Several customers', 'SeveralCustomers');
    await run(page);
    await responseOf(page).getByText('CUSTOMER_NOT_FOUND').waitFor();
    await panelOf(page).getByRole('button', { name: 'What errors look like' }).click();
    await page.getByRole('region', { name: 'Variables' }).getByText('917000000500').waitFor();
    await run(page);
    await responseOf(page).getByText('UPSTREAM_UNAVAILABLE').first().waitFor();
    expect(await page.getByRole('tab').count()).toBe(3);
  });
});

describe('After a run, the playground shows', () => {
  test('status, time, size, and the cost upstream, in each tab those of its own run', async ({ serve, open }) => {
    const page = await open(`${await serve({ CACHE_TTL_SECONDS: '60' })}/graphql`);
    await run(page);
    await summaryOf(page).getByText('cache miss').waitFor();
    expect(await summaryOf(page).locator('span').allTextContents()).toEqual([
      'HTTP 200',
      expect.stringMatching(/^\d+ ms$/),
      expect.stringMatching(/^\d+ B$/),
      '1 upstream call',
      'cache miss',
      '',
    ]);
    await run(page);
    await summaryOf(page).getByText('0 upstream calls').waitFor();
    // The page gets it, but shows the response as a client would get it.
    expect(await responseOf(page).textContent()).not.toContain('upstreamCalls');
    await openExample(page, 'Several customers', 'SeveralCustomers');
    await summaryOf(page).getByText('The response appears here.').waitFor();
    await run(page);
    await summaryOf(page).getByText('3 upstream calls').waitFor();
    await tab(page, 'CustomerPromotions').click();
    await summaryOf(page).getByText('0 upstream calls').waitFor();
  });

  test('no cost if debugging is off, and does not request it', async ({ serve, open }) => {
    const page = await open(`${await serve({ NODE_ENV: 'production', SANDBOX: 'true', PLAYGROUND: 'true' })}/graphql`);
    const sent = page.waitForRequest((request) => (request.postData() ?? '').includes('CustomerPromotions'));
    await run(page);
    expect((await sent).headers()).not.toHaveProperty('x-gateway-debug');
    await summaryOf(page).getByText('HTTP 200').waitFor();
    expect(await summaryOf(page).textContent()).not.toMatch(/cost|call/);
  });

  test('the cost if the caller has the debug token', async ({ serve, open }) => {
    const page = await open(`${await serve({ DEBUG_TOKEN: 'the-token' })}/graphql`);
    await showPanel(page, 'Credentials');
    await panelOf(page).getByLabel('Debug token').fill('another');
    await run(page);
    await summaryOf(page).getByText('its cost needs a valid debug token').waitFor();
    await panelOf(page).getByLabel('Debug token').fill('the-token');
    await run(page);
    await summaryOf(page).getByText('1 upstream call').waitFor();
  });

  test('that the gateway does not respond, and nothing of the page itself', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await page.route('**/graphql', (route) => route.abort('connectionrefused'));
    await run(page);
    await responseOf(page).getByText('The gateway does not respond.').waitFor();
    expect(await responseOf(page).textContent()).not.toContain('stack');
    await page.unroute('**/graphql');
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
  });

  test.for([
    ['<h1>Bad gateway</h1>', 502],
    ['{"errors": {"code": 403}}', 403],
    ['{"message": "no healthy upstream"}', 503],
  ] as const)('that the response is not from the gateway: %s', async ([body, status], { serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await page.route('**/graphql', (route) => route.fulfill({ status, body }));
    await run(page);
    await responseOf(page).getByText('The response is not a GraphQL result').waitFor();
    await summaryOf(page).getByText(`HTTP ${status}, 1 error`).waitFor();
  });

  test('that introspection is off, while queries of any tab still run', async ({ serve, open }) => {
    const page = await open(`${await serve({ INTROSPECTION: 'false' })}/graphql`);
    await responseOf(page).getByText('Set INTROSPECTION=true').waitFor();
    await openExample(page, 'Load more', 'LoadMore');
    await run(page);
    await responseOf(page).getByText('totalCount').waitFor();
  });
});
