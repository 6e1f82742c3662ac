import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { sha256 } from '../support/credentials.ts';
import { openExample, panelOf, responseOf, run, showPanel, summaryOf, typeInto } from './support/playgroundPage.ts';
import { test } from './support/playgroundTest.ts';

const PASSWORD = 'correct horse';
const BASIC = `Basic ${Buffer.from(`till:${createHash('md5').update(PASSWORD).digest('hex')}`).toString('base64')}`;

const CUSTOMER = '{"mobile": "917406400033"}';
const field = (page: Page, label: string) => panelOf(page).getByLabel(label);
const scope = (page: Page) => panelOf(page).getByRole('combobox');
/** What a page stores in its browser tab, and what it stores permanently. */
const kept = async (page: Page) => ({
  session: await page.evaluate(() => JSON.stringify({ ...sessionStorage })),
  browser: await page.evaluate(() => JSON.stringify({ ...localStorage })),
});
/** The names of the fields that are offered. */
const offered = (page: Page) =>
  panelOf(page)
    .locator('label')
    .evaluateAll((labels) => labels.map((label) => label.firstChild?.textContent?.trim()));

describe('The credentials panel', () => {
  test('opens where runs need credentials, and sends user and password as upstream requires, from all tabs', async ({
    serve,
    open,
    upstream,
  }) => {
    upstream.reset();
    const page = await open(`${await serve({ UPSTREAM_URL: upstream.url })}/graphql`);
    expect(await offered(page)).toEqual(['User', 'Password', 'Or OAuth token', 'Data scope']);
    await typeInto(page, 'Variables', CUSTOMER);
    await run(page);
    await responseOf(page).getByText('UNAUTHENTICATED').waitFor();
    await showPanel(page, 'Examples');
    await summaryOf(page).getByRole('button', { name: 'Enter valid credentials' }).click();
    await field(page, 'User').fill('till');
    await field(page, 'Password').fill(PASSWORD);
    await run(page);
    await responseOf(page).getByText('pageDetails').waitFor();
    expect(upstream.calls.map(({ headers }) => headers.authorization)).toEqual([BASIC]);

    await showPanel(page, 'Examples');
    await openExample(page, 'Load more', 'LoadMore');
    await typeInto(page, 'Variables', CUSTOMER);
    await run(page);
    await responseOf(page).getByText('totalCount').waitFor();
    expect(upstream.calls.at(-1)?.headers.authorization).toBe(BASIC);
  });

  test('keeps the credentials for the browser tab until they are cleared, also over a reload', async ({
    serve,
    open,
    upstream,
  }) => {
    upstream.reset();
    const address = `${await serve({ UPSTREAM_URL: upstream.url })}/graphql`;
    const page = await open(address);
    await field(page, 'OAuth token').fill('oauth-token-1');
    await scope(page).selectOption('OTHER');
    await field(page, 'Organisations DATA-SCOPE-ORG').fill('50405, 50406');
    await page.reload();
    await typeInto(page, 'Variables', CUSTOMER);
    await run(page);
    await responseOf(page).getByText('pageDetails').waitFor();
    const [call] = upstream.calls;
    expect(call?.headers['x-cap-api-oauth-token']).toBe('oauth-token-1');
    expect(call?.headers).not.toHaveProperty('authorization');
    expect(call?.headers).toMatchObject({ 'data-scope': 'OTHER', 'data-scope-org': '50405,50406' });

    const { session, browser } = await kept(page);
    expect(session).toContain('oauth-token-1');
    expect(browser).not.toContain('oauth-token-1');
    const another = await page.context().newPage();
    await another.goto(address);
    expect(await field(another, 'OAuth token').inputValue()).toBe('');
    await another.close();

    await panelOf(page).getByRole('button', { name: 'Clear all' }).click();
    await expect.poll(() => field(page, 'OAuth token').inputValue()).toBe('');
    expect((await kept(page)).session).not.toContain('oauth-token-1');
  });

  test('has a field for the API key if the gateway requires one, and reads the schema once it is filled in', async ({
    serve,
    open,
  }) => {
    const page = await open(
      `${await serve({ AUTH_MODE: 'api-key', AUTH_API_KEYS: `till:${sha256('key-1')}` })}/graphql`,
    );
    await responseOf(page).getByText('UNAUTHENTICATED').waitFor();
    expect(await offered(page)).toEqual(['API key', 'Data scope']);
    await field(page, 'API key').fill('key-1');
    await field(page, 'API key').press('Enter');
    await showPanel(page, 'Documentation Explorer');
    await panelOf(page).getByRole('link', { name: 'Query', exact: true }).waitFor();
    await run(page);
    await responseOf(page).getByText('Award50').waitFor();
  });

  test('has a field for the bearer token if the gateway requires one', async ({ serve, open }) => {
    const page = await open(
      `${await serve({
        AUTH_MODE: 'jwt',
        AUTH_JWKS_URL: 'http://127.0.0.1:9/keys',
        AUTH_ISSUER: 'issuer',
        AUTH_AUDIENCE: 'audience',
        AUTH_CUSTOMER_CLAIMS: 'mobile=phone_number',
      })}/graphql`,
    );
    expect(await offered(page)).toEqual(['Bearer token', 'Data scope']);
    await field(page, 'Bearer token').fill('tökén');
    await panelOf(page).getByText('A header can carry only printable ASCII characters').waitFor();
    await field(page, 'Bearer token').fill('abc.def.ghi');
    const sent = page.waitForRequest((request) => (request.postData() ?? '').includes('CustomerPromotions'));
    await run(page);
    expect((await sent).headers().authorization).toBe('Bearer abc.def.ghi');
  });

  test('says that a sandbox needs no credentials', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await showPanel(page, 'Credentials');
    await panelOf(page).getByText('This gateway needs none: it uses the sandbox').waitFor();
    await scope(page).selectOption('OTHER');
    await field(page, 'Organisations DATA-SCOPE-ORG').fill('50406');
    await run(page);
    await responseOf(page).getByText('Award 100 Points').first().waitFor();
  });
});
