import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { cards, filter, notice, requestFailing, storefrontPages } from './support/storefrontPage.ts';

const open = storefrontPages();

const search = (page: Page) => new URL(page.url()).search;
const chooser = (page: Page) => page.getByRole('heading', { name: 'Whose card is it?' });
const field = (page: Page) => page.locator('.typed input');

async function signInWith(page: Page, kind: string, value: string): Promise<void> {
  await page.getByLabel('Sign in with').selectOption(kind);
  await field(page).fill(value);
  await page.getByRole('button', { name: 'Show offers' }).click();
}

describe('Member and filter are in the address', () => {
  test('so Back and Forward show the earlier views', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Maya Lindqvist' }).click();
    await page.getByText('Showing 10 of 25 offers').waitFor();
    expect(search(page)).toBe('?as=some');
    await filter(page, 'Ended').check();
    await page.getByText('Showing 5 of 5 offers').waitFor();
    expect(search(page)).toBe('?as=some&show=ended');

    await page.goBack();
    await page.getByText('Showing 10 of 25 offers').waitFor();
    expect(await filter(page, 'All').isChecked()).toBe(true);
    await page.goBack();
    await chooser(page).waitFor();
    expect(search(page)).toBe('');
    await page.goForward();
    await page.goForward();
    await page.getByText('Showing 5 of 5 offers').waitFor();
    expect(await filter(page, 'Ended').isChecked()).toBe(true);
  });

  test('so a reload keeps both', async () => {
    const page = await open('?as=some&show=ended');
    await page.getByText('Showing 5 of 5 offers').waitFor();
    await page.reload();
    await page.getByText('Showing 5 of 5 offers').waitFor();
    expect(await filter(page, 'Ended').isChecked()).toBe(true);
    await page.getByRole('heading', { name: 'Good to see you, Maya' }).waitFor();
  });

  test('and an unknown name shows the sign-in or all offers', async () => {
    const stranger = await open('?as=stranger');
    await chooser(stranger).waitFor();
    const unfiltered = await open('?as=some&show=everything');
    await unfiltered.getByText('Showing 10 of 25 offers').waitFor();
    expect(await filter(unfiltered, 'All').isChecked()).toBe(true);
  });

  test('and Back restores the scroll position of the list', async () => {
    const page = await open('?as=some');
    await page.getByRole('button', { name: 'Show all 25' }).click();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    await page.evaluate(() => window.scrollTo(0, 1200));
    await filter(page, 'Ended').evaluate((radio: HTMLInputElement) => radio.click());
    await page.getByText('Showing 5 of 5 offers').waitFor();
    await page.goBack();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    await page.waitForFunction(() => window.scrollY === 1200);
  });
});

describe('An identifier that was typed', () => {
  test('is in no address, and survives reload, Back and Forward', async () => {
    const page = await open();
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    page.on('framenavigated', (frame) => addresses.push(frame.url()));
    await signInWith(page, 'E-mail address', 'sample@example.com');
    await page.getByRole('heading', { name: 'Award50' }).waitFor();
    expect(search(page)).toBe('?as=typed');
    await page.reload();
    await page.getByRole('heading', { name: 'Award50' }).waitFor();
    await page.goBack();
    await chooser(page).waitFor();
    await page.goForward();
    await page.getByRole('heading', { name: 'Award50' }).waitFor();
    expect(addresses.length).toBeGreaterThan(3);
    expect(addresses.filter((address) => address.includes('sample'))).toEqual([]);
  });

  test('is still in its field after "Back to sign-in"', async () => {
    const page = await open();
    await signInWith(page, 'Card number', '000000009999');
    await notice(page, 'CUSTOMER_NOT_FOUND').getByRole('button', { name: 'Back to sign-in' }).click();
    expect(await field(page).inputValue()).toBe('000000009999');
    expect(await page.getByLabel('Sign in with').inputValue()).toBe('EXTERNAL_ID');
  });

  test('has an example of the chosen kind in its field', async () => {
    const page = await open();
    const examples: string[] = [];
    for (const kind of ['Mobile number', 'E-mail address', 'Card number', 'Member id']) {
      await page.getByLabel('Sign in with').selectOption(kind);
      examples.push((await page.getByRole('textbox', { name: kind }).getAttribute('placeholder')) ?? '');
    }
    expect(examples).toEqual(['917406400033', 'sample@example.com', '000003873354', '347297848']);
  });
});

test('"Switch member" clears everything for the next member', async () => {
  const page = await open();
  await signInWith(page, 'E-mail address', 'sample@example.com');
  await page.getByRole('heading', { name: 'Award50' }).waitFor();
  await page.getByRole('button', { name: 'Switch member' }).click();
  await chooser(page).waitFor();
  expect(await field(page).inputValue()).toBe('');
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, '']);
  await page.goBack();
  await page.waitForFunction(() => window.location.search === '?as=typed');
  await chooser(page).waitFor();
  await page.getByRole('button', { name: 'Noor Haddad' }).click();
  await page.getByRole('heading', { name: 'No offers yet' }).waitFor();
  expect(await cards(page).count()).toBe(0);
});

describe('The title names the view', () => {
  test.each([
    ['', 'Sign in'],
    ['?as=some', 'Your offers'],
    ['?as=some&show=ended', 'Your offers: Ended'],
    ['?as=unknown', 'We can’t find that card'],
  ])('/%s', async (address, title) => {
    const page = await open(address);
    await page.waitForFunction((wanted) => document.title === wanted, `${title} · Fernhill Members`);
  });

  test('also after a failure is over', async () => {
    let failing = true;
    const page = await open('?as=some', {
      onQuestion: (route) => (failing ? route.fulfill({ json: requestFailing('OVERLOADED') }) : route.continue()),
    });
    await notice(page, 'OVERLOADED').waitFor();
    expect(await page.title()).toBe('It’s busy in here · Fernhill Members');
    failing = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await cards(page).first().waitFor();
    expect(await page.title()).toBe('Your offers · Fernhill Members');
  });
});
