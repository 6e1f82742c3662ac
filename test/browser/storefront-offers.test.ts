import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { card, cards, changing, failingWhile, filter, notice, test } from './support/storefrontPage.ts';

const MANIFEST: { readonly operations: readonly { readonly id: string }[] } = JSON.parse(
  readFileSync('examples/storefront/persisted-operations.json', 'utf8'),
);

const search = (page: Page) => new URL(page.url()).search;
const standings = (page: Page) =>
  cards(page).evaluateAll((all) => all.map((each) => each.getAttribute('data-standing')));

/** The variables of each question that a page asks from now on. */
function questionsOf(page: Page): unknown[] {
  const questions: unknown[] = [];
  page.on('request', (request) => request.method() === 'POST' && questions.push(request.postDataJSON().variables));
  return questions;
}

test('A member who is picked sees their offers, fetched by the id of a trusted document', async ({ open }) => {
  const page = await open();
  const asked = page.waitForRequest('**/graphql');
  await page.getByRole('button', { name: 'Maya Lindqvist' }).click();
  const question = (await asked).postDataJSON();
  expect(question).not.toHaveProperty('query');
  expect(MANIFEST.operations.map(({ id }) => id)).toContain(question.extensions.persistedQuery.sha256Hash);
  await page.getByRole('heading', { name: 'Good to see you, Maya' }).waitFor();
  await page.getByText('Showing 10 of 25 offers').waitFor();
  expect(await cards(page).count()).toBe(10);
  const rewards = card(page, 'Bakery club').locator('.limit').first();
  expect(await rewards.getByRole('meter').getAttribute('aria-valuetext')).toBe('38 of 50 left');
  expect(await rewards.locator('.bar').evaluate((bar) => getComputedStyle(bar).backgroundSize)).toBe('76% 100%');
});

test('Usable offers come first, then those that are used up, then those that have ended', async ({ open }) => {
  const page = await open('?as=many');
  await page.getByRole('button', { name: 'Show all 250' }).click();
  await page.getByText('Showing 250 of 250 offers').waitFor();
  const order = ['usable', 'paused', 'coming', 'used-up', 'ended'];
  const places = (await standings(page)).map((standing) => order.indexOf(String(standing)));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
    'Open offers',
    'Open again soon',
    'Used up',
    'Ended',
  ]);
});

test('No offer that can be redeemed says that it is used up', async ({ open }) => {
  const page = await open('?as=many&show=ready');
  await page.getByRole('button', { name: /^Show all/ }).click();
  await page.getByText(/^Showing (\d+) of \1 offers/).waitFor();
  expect(new Set(await standings(page))).toEqual(new Set(['usable', 'paused']));
});

test('What could not be read is told on its own card, in plain words', async ({ open }) => {
  const page = await open('?as=drift');
  await cards(page).first().waitFor();
  await card(page, 'Drift 2').getByText('We couldn’t read its start,').waitFor();
  expect(await card(page, 'Drift 1').textContent()).not.toContain('its start');
  expect(await page.getByRole('main').textContent()).not.toMatch(/_|\[\]|"|cannot be read|warning/);
});

describe('The list', () => {
  test('shows the offers in one state, with one query', async ({ open }) => {
    const page = await open('?as=some');
    await cards(page).first().waitFor();
    const questions = questionsOf(page);
    await filter(page, 'Ended').check();
    await page.getByText('Showing 5 of 5 offers').waitFor();
    await filter(page, 'All').check();
    await page.getByText('Showing 10 of 25 offers').waitFor();
    expect(questions).toMatchObject([{ status: 'EXPIRED', first: 10 }]);
  });

  test('says so if there is none, or none in that state', async ({ open }) => {
    const page = await open('?as=none');
    await page.getByRole('heading', { name: 'No offers yet' }).waitFor();
    await filter(page, 'To join').check();
    await page.getByRole('heading', { name: 'Nothing in this group' }).waitFor();
  });

  test('grows by one query a click, and focus moves to the first new offer', async ({ open }) => {
    const page = await open('?as=some');
    await cards(page).first().waitFor();
    const questions = questionsOf(page);
    const cursors = () => page.locator('[data-cursor]').evaluateAll((all) => all.map(({ dataset }) => dataset.cursor));
    const first = await cursors();
    await page.getByRole('button', { name: 'Show 10 more' }).click();
    await page.getByText('Showing 20 of 25 offers').waitFor();
    const added = (await cursors()).filter((cursor) => !first.includes(cursor));
    const focusedCursor = await page.evaluate(() => document.activeElement?.closest('li')?.dataset.cursor);
    expect([added.length, focusedCursor]).toEqual([10, added[0]]);
    await page.getByRole('button', { name: 'Show all 25' }).click();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    expect(await page.getByRole('button', { name: /^Show/ }).count()).toBe(0);
    expect(new Set(await cards(page).getByRole('heading').allTextContents()).size).toBe(25);
    expect(questions).toMatchObject([{ first: 10 }, { first: 5 }]);
  });

  test('keeps its offers if more cannot be fetched, and continues from there', async ({ open }) => {
    const failure = { now: false };
    const page = await open('?as=some', failingWhile(failure, 'UPSTREAM_TIMEOUT'));
    await cards(page).first().waitFor();
    failure.now = true;
    await page.getByRole('button', { name: 'Show all 25' }).click();
    await notice(page, 'UPSTREAM_TIMEOUT').waitFor();
    expect(await cards(page).count()).toBe(10);
    failure.now = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    expect(await notice(page, 'UPSTREAM_TIMEOUT').count()).toBe(0);
  });

  test('shows what a response has beside its errors', async ({ open }) => {
    const page = await open('?as=some', {
      onQuestion: async (route) => {
        const response = await route.fetch();
        const errors = [{ message: '', path: ['customer'], extensions: { code: 'UPSTREAM_INVALID_RESPONSE' } }];
        await route.fulfill({ response, json: { ...(await response.json()), errors } });
      },
    });
    await notice(page, 'UPSTREAM_INVALID_RESPONSE').waitFor();
    expect(await cards(page).count()).toBe(10);
  });
});

describe('Member and filter are in the address', () => {
  test('so Back, Forward and reload show the views again, with title and scroll position', async ({ open }) => {
    const page = await open();
    await page.getByRole('button', { name: 'Maya Lindqvist' }).click();
    await page.getByRole('button', { name: 'Show all 25' }).click();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    expect([search(page), await page.title()]).toEqual(['?as=some', 'Your offers · Fernhill Members']);
    await page.evaluate(() => window.scrollTo(0, 1200));
    await filter(page, 'Ended').evaluate((radio: HTMLInputElement) => radio.click());
    await page.getByText('Showing 5 of 5 offers').waitFor();
    expect([search(page), await page.title()]).toEqual([
      '?as=some&show=ended',
      'Your offers: Ended · Fernhill Members',
    ]);
    await page.goBack();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    await page.waitForFunction(() => window.scrollY === 1200);
    await page.goBack();
    await page.getByRole('heading', { name: 'Whose card is it?' }).waitFor();
    await page.goForward();
    await page.goForward();
    await page.reload();
    await page.getByText('Showing 5 of 5 offers').waitFor();
    expect(await filter(page, 'Ended').isChecked()).toBe(true);
  });

  test('and an unknown name shows the sign-in or all offers', async ({ open }) => {
    const stranger = await open('?as=stranger');
    await stranger.getByRole('heading', { name: 'Whose card is it?' }).waitFor();
    const unfiltered = await open('?as=some&show=everything');
    await unfiltered.getByText('Showing 10 of 25 offers').waitFor();
    expect(await filter(unfiltered, 'All').isChecked()).toBe(true);
  });
});

test('"Switch member" clears what was fetched, and stores nothing', async ({ open }) => {
  const page = await open('?as=some');
  await cards(page).first().waitFor();
  await page.getByRole('button', { name: 'Switch member' }).click();
  await page.getByRole('button', { name: 'Maya Lindqvist' }).waitFor();
  const questions = questionsOf(page);
  await page.getByRole('button', { name: 'Maya Lindqvist' }).click();
  await cards(page).first().waitFor();
  expect(questions).toHaveLength(1);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, '']);
});

test('The page works with storage blocked', async ({ open }) => {
  const page = await open('', {
    before: () => {
      for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException('Storage is blocked.', 'SecurityError');
          },
        });
      }
    },
  });
  await page.getByRole('button', { name: 'Maya Lindqvist' }).click();
  await page.getByText('Showing 10 of 25 offers').waitFor();
  await page.reload();
  await page.getByText('Showing 10 of 25 offers').waitFor();
});

test('A promotion without most of its fields is a card', async ({ open }) => {
  const none = {
    name: null,
    description: null,
    startDate: null,
    endDate: null,
    pointsOfferType: null,
    customerUsage: null,
  };
  const page = await open(
    '?as=some',
    changing(() => none),
  );
  await cards(page).first().waitFor();
  expect(await cards(page).first().getByRole('heading').textContent()).toBe('An offer for you');
  expect(await cards(page).first().textContent()).not.toMatch(/null|undefined|NaN|Invalid/);
});
