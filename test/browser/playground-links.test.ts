import { describe, expect, onTestFinished } from 'vitest';
import { startPrefixingProxy } from '../support/prefixingProxy.ts';
import { queryOf, responseOf, run, tab, togglePanel, typeInto } from './support/playgroundPage.ts';
import { test } from './support/playgroundTest.ts';

const TWO = `query First { customer(identifier: { name: MOBILE, value: "917000000000" }, source: INSTORE) { customerId } }
query Second($mobile: String!) { customer(identifier: { name: MOBILE, value: $mobile }, source: INSTORE) { customerId } }`;

describe('A link to a query', () => {
  test('opens the playground with the query but does not run it, also behind a proxy with a path', async ({
    serve,
    open,
  }) => {
    const proxy = await startPrefixingProxy(await serve(), '/loyalty');
    onTestFinished(() => proxy.close());
    const search = new URLSearchParams({
      query: TWO,
      variables: '{"mobile":"917406400033"}',
      operationName: 'Second',
    });
    const page = await open(`${proxy.origin}/loyalty/graphql?${search}`);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.postData() ?? ''));
    await queryOf(page).getByText('917000000000').waitFor();
    await page.locator('.tool').getByText('917406400033').waitFor();
    expect(await page.getByLabel('Operation to run').inputValue()).toBe('Second');
    // The tab now holds the query, so a reload shows the tab as it was left.
    expect(page.url()).toBe(`${proxy.origin}/loyalty/graphql`);
    expect(asked.filter((body) => body.includes('917'))).toEqual([]);
    await run(page);
    await responseOf(page).getByText('347297848').waitFor();
    await tab(page, 'CustomerPromotions').waitFor();
  });

  test('is copied with query and variables but no credentials, and opens in another browser', async ({
    serve,
    open,
  }) => {
    const address = `${await serve()}/graphql`;
    const page = await open(address, { permissions: ['clipboard-read', 'clipboard-write'] });
    await togglePanel(page, 'Credentials');
    await page.getByRole('complementary').getByRole('combobox').selectOption('OTHER');
    await page.getByRole('complementary').getByLabel('Organisations').fill('50406');
    await typeInto(page, 'Headers', '{"x-request-id": "mine-1"}');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByRole('status').getByText('Link copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const { searchParams, origin, pathname } = new URL(link);
    expect(origin + pathname).toBe(address);
    expect([...searchParams.keys()]).toEqual(['query', 'variables']);
    expect(searchParams.get('query')).toContain('query CustomerPromotions');
    expect(searchParams.get('variables')).toBe('{"mobile":"917406400033"}');
    expect(link).not.toMatch(/50406|OTHER|mine-1/);

    const elsewhere = await open(link);
    await queryOf(elsewhere).getByText('CustomerPromotions').waitFor();
    await run(elsewhere);
    await responseOf(elsewhere).getByText('Award50').waitFor();
  });

  test('is shown in the address bar if the page is not allowed to copy', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByRole('status').getByText('The link is in the address bar').waitFor();
    expect(new URL(page.url()).searchParams.get('query')).toContain('query CustomerPromotions');
  });
});
