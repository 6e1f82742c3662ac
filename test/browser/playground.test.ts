import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startPrefixingProxy } from '../support/prefixingProxy.ts';
import { type Program, startProgram } from '../support/process.ts';
import { launchBrowser, type PageTroubles, watchPage } from './support/browser.ts';
import { answerOf, openPlayground, run } from './support/playgroundPage.ts';

let gateway: Program;
let origin: string;
let browser: Browser;
let page: Page;
let troubles: PageTroubles;

async function startGateway(env: Record<string, string> = {}): Promise<{ program: Program; origin: string }> {
  const program = startProgram('src/main.js', { PORT: '0', ...env });
  return { program, origin: (await program.printed(/GraphQL\s+(http:\/\/\S+)\/graphql/))[1] ?? '' };
}

beforeAll(async () => {
  ({ program: gateway, origin } = await startGateway());
  browser = await launchBrowser();
});
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
});
afterEach(async () => {
  await page.close();
  expect(troubles).toEqual({ foreign: [], violations: [], exceptions: [], complaints: [] });
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const open = async (address = `${origin}/graphql`) => {
  troubles = await watchPage(page, new URL(address).host);
  await openPlayground(page, address);
};
const notice = () => page.getByRole('status');

describe('The playground, with every other host blocked and under its strict policy', () => {
  test('is reachable from the root', async () => {
    await open(`${origin}/`);
    expect(new URL(page.url()).pathname).toBe('/graphql');
    expect(await page.title()).toBe('Promotions gateway');
  });

  test('runs the query that is already there and shows Award50', async () => {
    await open();
    await run(page);
    await answerOf(page).getByText('Award50').waitFor();
    expect(await notice().isVisible()).toBe(false);
  });

  test('works behind a proxy that serves it under a path', async () => {
    const proxy = await startPrefixingProxy(origin, '/loyalty');
    onTestFinished(() => proxy.close());
    await open(`${proxy.origin}/loyalty/`);
    expect(new URL(page.url()).pathname).toBe('/loyalty/graphql');
    await run(page);
    await answerOf(page).getByText('Award50').waitFor();
  });

  test('has its tabs, and one shows what an error looks like', async () => {
    await open();
    await page.getByRole('tab', { name: 'Failing' }).click();
    await run(page);
    await answerOf(page).getByText('UPSTREAM_UNAVAILABLE').waitFor();
  });

  test('completes fields with our descriptions', async () => {
    await open();
    await page.getByRole('tab', { name: 'ConnectedOrganisations' }).click();
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'orgId' }).last().click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('pointsOff');
    await page.locator('.suggest-widget .monaco-list-row', { hasText: 'pointsOfferType' }).first().waitFor();
    await page.keyboard.press('Control+Space'); // Opens the details of what is suggested.
    const details = page.locator('.suggest-details');
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
    await run(page);
    expect((await sent).headers()).toMatchObject({ 'data-scope': 'OTHER', 'data-scope-org': '50406' });
    await answerOf(page).getByText('Award 100 Points').first().waitFor();
  });
});

describe('The playground, when something is missing, says in one line', () => {
  test('that the gateway does not answer', async () => {
    await open();
    await page.route('**/graphql', (route) => route.abort('connectionrefused'));
    await run(page);
    await notice().getByText('The gateway does not answer.').waitFor();
    await page.unroute('**/graphql');
    await run(page);
    await answerOf(page).getByText('Award50').waitFor();
    expect(await notice().isVisible()).toBe(false);
  });

  test('that introspection is off, and that credentials are missing; other tabs run all the same', async () => {
    const closed = await startGateway({ UPSTREAM_URL: 'http://127.0.0.1:9', INTROSPECTION: 'false' });
    onTestFinished(async () => void (await closed.program.stop()));
    await open(`${closed.origin}/graphql`);
    await notice().getByText('Introspection is off').waitFor();
    await page.getByRole('tab', { name: 'LoadMore' }).click();
    await run(page);
    await answerOf(page).getByText('UNAUTHENTICATED').waitFor();
    await notice().getByText('No valid credentials came along').waitFor();
  });
});
