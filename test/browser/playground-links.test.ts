import { describe, expect, onTestFinished } from 'vitest';
import { startPrefixingProxy } from '../support/prefixingProxy.ts';
import {
  panelOf,
  queryOf,
  responseOf,
  run,
  showPanel,
  summaryOf,
  tab,
  typeInto,
  variablesOf,
} from './support/playgroundPage.ts';
import { test } from './support/playgroundTest.ts';

const QUERY = `query Second($mobile: String!) {
  customer(identifier: { name: MOBILE, value: $mobile }, source: INSTORE) { customerId }
}`;
const fragmentOf = (variables: string) => new URLSearchParams({ query: QUERY, variables }).toString();

describe('A link to a query', () => {
  test('opens it but does not run it, and sends none of it to a server, also behind a proxy with a path', async ({
    serve,
    open,
  }) => {
    const proxy = await startPrefixingProxy(await serve(), '/loyalty');
    onTestFinished(() => proxy.close());
    const address = `${proxy.origin}/loyalty/graphql`;
    const page = await open(address);
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await page.goto('about:blank');
    await page.goto(`${address}#${fragmentOf('{"mobile": "917406400033"}')}`);
    await tab(page, 'Second').waitFor();
    await variablesOf(page).getByText('917406400033').waitFor();
    // The tab now holds the query, so a reload shows the tab as it was left.
    expect(page.url()).toBe(address);
    expect(sent.filter((each) => /917406400033|Second/.test(each))).toEqual([]);
    await run(page);
    await responseOf(page).getByText('347297848').waitFor();
    await tab(page, 'CustomerPromotions').waitFor();
  });

  test('opens in a page that is open already', async ({ serve, open }) => {
    const address = `${await serve()}/graphql`;
    const page = await open(address);
    await page.goto(`${address}#${fragmentOf('{"mobile": "917000000025"}')}`);
    await tab(page, 'Second').waitFor();
    await variablesOf(page).getByText('917000000025').waitFor();
  });

  test('is copied with every digit of its variables but no credentials, and opens in another browser', async ({
    serve,
    open,
  }) => {
    const address = `${await serve()}/graphql`;
    const page = await open(address, { permissions: ['clipboard-read', 'clipboard-write'] });
    await showPanel(page, 'Credentials');
    await panelOf(page).getByRole('combobox').selectOption('OTHER');
    await panelOf(page).getByLabel('Organisations DATA-SCOPE-ORG').fill('50406');
    await typeInto(page, 'Headers', '{"x-request-id": "mine-1"}');
    await typeInto(page, 'Variables', '{"mobile": "917406400033", "n": 12345678901234567890.10}');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await summaryOf(page).getByText('Link copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const { hash, origin, pathname, search } = new URL(link);
    expect(origin + pathname + search).toBe(address);
    const parameters = new URLSearchParams(hash.slice(1));
    expect([...parameters.keys()]).toEqual(['query', 'variables']);
    expect(parameters.get('variables')).toBe('{"mobile": "917406400033", "n": 12345678901234567890.10}');
    expect(link).not.toMatch(/50406|OTHER|mine-1/);

    const elsewhere = await open(link);
    await queryOf(elsewhere).getByText('CustomerPromotions').waitFor();
    await variablesOf(elsewhere).getByText('12345678901234567890.10').waitFor();
  });

  test('is shown in the address bar if the page is not allowed to copy', async ({ serve, open }) => {
    const page = await open(`${await serve()}/graphql`);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await page.getByRole('button', { name: 'Copy link' }).click();
    await summaryOf(page).getByText('The link is in the address bar').waitFor();
    expect(new URL(page.url()).hash).toContain('#query=query+CustomerPromotions');
  });
});
