import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { sha256 } from '../support/credentials.ts';
import { responseOf, run, tab, togglePanel, typeInto } from './support/playgroundPage.ts';
import { test } from './support/playgroundTest.ts';

const PASSWORD = 'correct horse';
const BASIC = `Basic ${Buffer.from(`till:${createHash('md5').update(PASSWORD).digest('hex')}`).toString('base64')}`;

const CUSTOMER = '{"mobile": "917406400033"}';
const panel = (page: Page) => page.getByRole('complementary', { name: 'Credentials' });
const field = (page: Page, label: string) => panel(page).getByLabel(label);
const scope = (page: Page) => panel(page).getByRole('combobox');
const notice = (page: Page) => page.getByRole('status');
/** What a page stores in its browser tab, and what it stores permanently. */
const kept = async (page: Page) => ({
  session: await page.evaluate(() => JSON.stringify({ ...sessionStorage })),
  browser: await page.evaluate(() => JSON.stringify({ ...localStorage })),
});
/** The names of the fields that are offered. */
const offered = (page: Page) =>
  panel(page)
    .locator('.label')
    .evaluateAll((labels) => labels.map((label) => label.firstChild?.textContent?.trim()));

describe('The credentials panel', () => {
  test('opens after a refused run and sends user and password as upstream requires, from all tabs', async ({
    serve,
    open,
    upstream,
  }) => {
    upstream.reset();
    const page = await open(`${await serve({ UPSTREAM_URL: upstream.url })}/graphql`);
    await notice(page).getByText('Runs need credentials').waitFor();
    await typeInto(page, 'Variables', CUSTOMER);
    await run(page);
    await responseOf(page).getByText('UNAUTHENTICATED').waitFor();
    await page.getByRole('button', { name: 'Open Credentials' }).click();
    expect(await offered(page)).toEqual(['User', 'Password', 'OAuth token', 'Scope', 'Organisations']);
    await field(page, 'User').fill('till');
    await field(page, 'Password').fill(PASSWORD);
    await run(page);
    await responseOf(page).getByText('pageDetails').waitFor();
    expect(upstream.calls.map(({ headers }) => headers.authorization)).toEqual([BASIC]);

    await tab(page, 'LoadMore').click();
    await typeInto(page, 'Variables', '{"id": "347297848", "after": null}');
    await run(page);
    await responseOf(page).getByText('totalCount').waitFor();
    expect(upstream.calls.at(-1)?.headers.authorization).toBe(BASIC);
  });

  test('stores the credentials for the browser tab until they are cleared, also over a reload', async ({
    serve,
    open,
    upstream,
  }) => {
    upstream.reset();
    const address = `${await serve({ UPSTREAM_URL: upstream.url })}/graphql`;
    const page = await open(address);
    await togglePanel(page, 'Credentials');
    await panel(page).getByText('Stored in this browser tab until it is closed').waitFor();
    await field(page, 'OAuth token').fill('oauth-token-1');
    await scope(page).selectOption('OTHER');
    await field(page, 'Organisations').fill('50405, 50406');
    await page.reload();
    await notice(page).getByText('Your credentials are sent with every run').waitFor();
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
    await another.getByRole('status').getByText('Runs need credentials').waitFor();
    await another.close();

    await panel(page).getByRole('button', { name: 'Clear all' }).click();
    await notice(page).getByText('Runs need credentials').waitFor();
    expect((await kept(page)).session).not.toContain('oauth-token-1');
  });

  test('has a field for the API key if the gateway requires one, and reads the schema once it is filled in', async ({
    serve,
    open,
  }) => {
    const page = await open(
      `${await serve({ AUTH_MODE: 'api-key', AUTH_API_KEYS: `till:${sha256('key-1')}` })}/graphql`,
    );
    await notice(page).getByText('Credentials are missing or invalid').waitFor();
    await page.getByRole('button', { name: 'Open Credentials' }).click();
    expect(await offered(page)).toEqual(['API key', 'Scope', 'Organisations']);
    await field(page, 'API key').fill('key-1');
    await field(page, 'API key').press('Enter');
    await notice(page).getByText('Your credentials are sent with every run').waitFor();
    await panel(page).waitFor({ state: 'detached' });
    await togglePanel(page, 'Docs');
    await page.getByRole('link', { name: 'Query', exact: true }).waitFor();
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
    await togglePanel(page, 'Credentials');
    expect(await offered(page)).toEqual(['Bearer token', 'Scope', 'Organisations']);
    await field(page, 'Bearer token').fill('tökén');
    await panel(page).getByText('A header can carry only printable ASCII characters').waitFor();
    await field(page, 'Bearer token').fill('abc.def.ghi');
    const sent = page.waitForRequest((request) => (request.postData() ?? '').includes('CustomerPromotions'));
    await run(page);
    expect((await sent).headers().authorization).toBe('Bearer abc.def.ghi');
  });

  test('says that a sandbox needs no credentials', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await togglePanel(page, 'Credentials');
    await panel(page).getByText('This gateway needs none: it uses the sandbox').waitFor();
    expect(await offered(page)).toEqual(['Scope', 'Organisations']);
    await scope(page).selectOption('OTHER');
    await field(page, 'Organisations').fill('50406');
    await run(page);
    await responseOf(page).getByText('Award 100 Points').first().waitFor();
  });
});
