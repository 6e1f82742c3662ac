import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  card,
  cards,
  count,
  filter,
  focused,
  notice,
  requestFailing,
  storefrontPages,
} from './support/storefrontPage.ts';

const MANIFEST: { readonly operations: readonly { readonly id: string }[] } = JSON.parse(
  readFileSync('examples/storefront/persisted-operations.json', 'utf8'),
);

const open = storefrontPages();

describe('A member', () => {
  test('is picked from the chooser, and sees their offers with what is left of each', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Maya Lindqvist' }).click();
    await page.getByRole('heading', { name: 'Good to see you, Maya' }).waitFor();
    await cards(page).first().waitFor();

    expect(await cards(page).count()).toBe(10);
    expect(await count(page).textContent()).toBe('Showing 10 of 25 offers');
    const first = cards(page).first();
    expect(await first.getByRole('heading').textContent()).toBe('Double points on coffee');
    expect(await first.getByRole('meter').first().getAttribute('aria-valuetext')).toMatch(/^\d+ of \d+ left$/);
  });

  test('sees placeholders while offers are fetched', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const page = await open('?as=some', { onQuestion: (route) => held.then(() => route.continue()) });
    await page.locator('.skeleton').first().waitFor();
    expect(await count(page).textContent()).toBe('Fetching your offers…');
    release();
    await cards(page).first().waitFor();
    expect(await page.locator('.skeleton').count()).toBe(0);
  });

  test('reads in plain words that some details could not be read, without codes and payload paths', async () => {
    const page = await open('?as=drift');
    await cards(page).first().waitFor();
    expect(await cards(page).count()).toBe(3);
    await page.getByText('We couldn’t read every detail of these offers').waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await page.getByRole('main').textContent()).not.toMatch(/_|\[\]|"|cannot be read/);
  });

  test('reads dates and numbers as their own locale writes them', async () => {
    const page = await open('?as=sample', { locale: 'de-DE' });
    await cards(page).first().waitFor();
    expect(await cards(page).locator('.validity').textContent()).toBe('Ended 29. Sept. 2024');
  });
});

describe('A card', () => {
  test('shows the binding limit of all its restrictions', async () => {
    const page = await open('?as=some');
    await cards(page).first().waitFor();
    for (const each of await cards(page)
      .filter({ hasNotText: /Used up|Ended/ })
      .all()) {
      await each.locator('summary').click();
      const left = (await each.locator('.restriction-left').allTextContents()).map(Number);
      expect(Number(await each.locator('.stub-figure').textContent())).toBe(Math.min(...left));
    }
  });

  test('explains what its figure counts, and for whom', async () => {
    const page = await open('?as=some');
    await cards(page).first().waitFor();
    const stub = (name: string) => card(page, name).locator('.stub').textContent();
    expect(await stub('Bring a friend')).toBe('4 points left monthly');
    expect(await stub('Cheese passport')).toBe('14 rewards left');
  });

  test('shows "Used up" or "Ended" instead of a figure, is dimmed, and comes after usable offers', async () => {
    const page = await open('?as=some');
    await cards(page).first().waitFor();
    const used = card(page, 'Green refill').locator('.stub');
    const ended = card(page, 'Summer picnic').locator('.stub');
    expect(await used.textContent()).toBe('Used up no purchases left for all members');
    expect(await ended.textContent()).toBe('Ended 40 points earned');
    const colours = [used, ended, card(page, 'Bring a friend').locator('.stub')].map((stub) =>
      stub.evaluate((node) => getComputedStyle(node).backgroundColor),
    );
    const [usedColour, endedColour, openColour] = await Promise.all(colours);
    expect(usedColour).toBe(endedColour);
    expect(usedColour).not.toBe(openColour);

    const order = () => cards(page).evaluateAll((all) => all.map((each) => each.getAttribute('data-standing')));
    const usable = Array(6).fill('usable');
    expect(await order()).toEqual([...usable, 'used-up', 'used-up', 'ended', 'ended']);
    await page.getByRole('button', { name: 'Show all 25' }).click();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    expect(await order()).toEqual([
      ...Array(18).fill('usable'),
      ...Array(2).fill('used-up'),
      ...Array(5).fill('ended'),
    ]);
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'Open offers',
      'Used up',
      'Ended',
    ]);
  });
});

describe('The list', () => {
  test('is fetched by the id of a trusted document, without its text', async () => {
    const page = await open();
    const asked = page.waitForRequest('**/graphql');
    await page.getByRole('button', { name: 'Maya Lindqvist' }).click();
    const question = (await asked).postDataJSON();
    expect(question).not.toHaveProperty('query');
    expect(MANIFEST.operations.map(({ id }) => id)).toContain(question.extensions.persistedQuery.sha256Hash);
    await cards(page).first().waitFor();
  });

  test('shows the offers in one state, with one query', async () => {
    const page = await open('?as=some');
    await cards(page).first().waitFor();
    const questions: unknown[] = [];
    page.on('request', (request) => request.method() === 'POST' && questions.push(request.postDataJSON().variables));
    await filter(page, 'Ended').check();
    await page.getByText('Showing 5 of 5 offers').waitFor();
    expect(questions).toMatchObject([{ status: 'EXPIRED', first: 10 }]);
    for (const text of await cards(page).locator('.validity').allTextContents()) expect(text).toMatch(/^Ended /);

    await filter(page, 'All').check();
    await page.getByText('Showing 10 of 25 offers').waitFor();
    expect(questions).toHaveLength(1);
  });

  test('says so if no offer is in that state', async () => {
    const page = await open('?as=sample');
    await cards(page).first().waitFor();
    await filter(page, 'To join').check();
    await page.getByRole('heading', { name: 'Nothing in this group' }).waitFor();
    expect(await count(page).textContent()).toBe('Showing 0 of 0 offers');
  });

  test('grows until everything is shown, and focus moves to the new offers', async () => {
    const page = await open('?as=some');
    await cards(page).first().waitFor();
    const cursors = () => page.locator('[data-cursor]').evaluateAll((all) => all.map(({ dataset }) => dataset.cursor));
    const focusedCursor = () =>
      page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-cursor]')?.dataset.cursor);

    const first = await cursors();
    await page.getByRole('button', { name: 'Show 10 more' }).click();
    await page.getByText('Showing 20 of 25 offers').waitFor();
    const second = await cursors();
    expect(await focusedCursor()).toBe(second.find((cursor) => !first.includes(cursor)));

    expect(await page.getByRole('button', { name: 'Show 10 more' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Show all 25' }).click();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    expect(await focusedCursor()).toBe((await cursors()).find((cursor) => !second.includes(cursor)));
    expect(await page.getByRole('button', { name: /^Show/ }).count()).toBe(0);
    expect(new Set(await cards(page).getByRole('heading').allTextContents()).size).toBe(25);
  });

  test('shows all 250 offers after one click, with one query', async () => {
    const page = await open('?as=many');
    await cards(page).first().waitFor();
    const questions: unknown[] = [];
    page.on('request', (request) => request.method() === 'POST' && questions.push(request.postDataJSON().variables));
    await page.getByRole('button', { name: 'Show all 250' }).click();
    await page.getByText('Showing 250 of 250 offers').waitFor();
    expect(await cards(page).count()).toBe(250);
    expect(questions).toMatchObject([{ first: 240 }]);
  });

  test('keeps its offers if more cannot be fetched, and continues from there', async () => {
    let failing = false;
    const page = await open('?as=some', {
      onQuestion: (route) => (failing ? route.fulfill({ json: requestFailing('UPSTREAM_TIMEOUT') }) : route.continue()),
    });
    await cards(page).first().waitFor();
    failing = true;
    await page.getByRole('button', { name: 'Show all 25' }).click();
    await notice(page, 'UPSTREAM_TIMEOUT').waitFor();
    expect(await cards(page).count()).toBe(10);
    failing = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    expect(await notice(page, 'UPSTREAM_TIMEOUT').count()).toBe(0);
  });
});

test('The first heading takes the focus after a sign-in', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Maya Lindqvist' }).click();
  await cards(page).first().waitFor();
  expect(await focused(page.getByRole('heading', { level: 1 }))).toBe(true);
});
