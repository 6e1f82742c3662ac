import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { cards, failing, failingWhile, filter, notice, type Opening, PHONE, test } from './support/storefrontPage.ts';

describe('A problem is explained, with a way to continue', () => {
  test.for([
    ['unknown', 'CUSTOMER_NOT_FOUND', 'Back to sign-in'],
    ['blank', 'BAD_USER_INPUT', 'Back to sign-in'],
    ['scope', 'DATA_SCOPE_REJECTED', 'Back to sign-in'],
    ['failing', 'UPSTREAM_UNAVAILABLE', 'Try again'],
    ['html', 'UPSTREAM_INVALID_RESPONSE', 'Try again'],
    ['refused', 'UPSTREAM_REJECTED', 'Try again'],
    ['slow', 'UPSTREAM_TIMEOUT', 'Try again'],
    ['limited', 'UPSTREAM_RATE_LIMITED', 'Try again'],
  ] as const)('signed in as %s: %s', async ([slug, code, remedy], { open }) => {
    const page = await open(`?as=${slug}`);
    await notice(page, code).getByRole('button', { name: remedy }).waitFor();
    const title = await notice(page, code).getByRole('heading').textContent();
    expect(title).not.toBe('Something went wrong');
    expect(await page.title()).toBe(`${title} · Fernhill Members`);
    expect(await page.getByRole('main').textContent()).not.toMatch(/Good to see you|Everything on your card/);
    expect(await page.locator('.skeleton, .filter').count()).toBe(0);
  });

  test.for([
    ['UNAUTHENTICATED', 200, 'Back to sign-in'],
    ['OVERLOADED', 503, 'Try again'],
    ['PERSISTED_OPERATION_REQUIRED', 400, 'Load the page again'],
    ['A_CODE_OF_NEXT_YEAR', 200, 'Try again'],
  ] as const)('%s with HTTP %i', async ([code, status, remedy], { open }) => {
    const page = await open('?as=some', { onQuestion: (route) => route.fulfill({ status, json: failing(code) }) });
    await notice(page, code).getByRole('button', { name: remedy }).waitFor();
  });

  test.for([
    [502, 'text/html', '<h1>Bad gateway</h1>'],
    [200, 'text/html', '<h1>Sign in to the guest network</h1>'],
    [503, 'application/json', '{"message":"no healthy upstream"}'],
  ] as const)('a proxy responds instead of the gateway: HTTP %i, %s', async ([status, contentType, body], { open }) => {
    const page = await open('?as=some', { onQuestion: (route) => route.fulfill({ status, contentType, body }) });
    await notice(page, 'NOT_THE_GATEWAY').getByRole('button', { name: 'Try again' }).waitFor();
    expect(await page.getByRole('main').textContent()).not.toContain('offline');
  });

  test('no network, and back again', async ({ open }) => {
    let offline = true;
    const page = await open('?as=some', { onQuestion: (route) => (offline ? route.abort() : route.continue()) });
    await notice(page, 'NETWORK').waitFor();
    offline = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await cards(page).first().waitFor();
    expect(await notice(page, 'NETWORK').count()).toBe(0);
    expect(await page.title()).toBe('Your offers · Fernhill Members');
  });
});

test('The button waits for retryAfterSeconds, then tries again', async ({ open }) => {
  let asked = 0;
  const page = await open('?as=some', {
    onQuestion: (route) =>
      ++asked === 1
        ? route.fulfill({ json: failing('UPSTREAM_UNAVAILABLE', { retryAfterSeconds: 2 }) })
        : route.continue(),
  });
  const retry = page.getByRole('button', { name: 'Try again' });
  await page.locator('.button', { hasText: 'in 2 s' }).waitFor();
  await retry.click({ force: true });
  expect(asked).toBe(1);
  await page.locator('.button[aria-disabled=false]').waitFor();
  await retry.click();
  await cards(page).first().waitFor();
  expect(asked).toBe(2);
});

test('A known member stays greeted when another filter fails, and a failed list is asked for again', async ({
  open,
}) => {
  const failure = { now: false };
  const page = await open('?as=some', failingWhile(failure, 'UPSTREAM_TIMEOUT'));
  await cards(page).first().waitFor();
  failure.now = true;
  await filter(page, 'Ended').check();
  await notice(page, 'UPSTREAM_TIMEOUT').waitFor();
  await page.getByRole('heading', { name: 'Good to see you, Maya' }).waitFor();
  await filter(page, 'All').check();
  await page.getByText('Showing 10 of 25 offers').waitFor();
  failure.now = false;
  await filter(page, 'Ended').check();
  await page.getByText('Showing 5 of 5 offers').waitFor();
  expect(await notice(page, 'UPSTREAM_TIMEOUT').count()).toBe(0);
});

test('Code and reference are in a closed section', async ({ open }) => {
  const page = await open('?as=some', { onQuestion: (route) => route.fulfill({ json: failing('OVERLOADED') }) });
  await notice(page, 'OVERLOADED').waitFor();
  expect(await page.getByText('request-1').isVisible()).toBe(false);
  await page.getByText('Details for our staff').click();
  expect(await page.getByText('Code: OVERLOADED').isVisible()).toBe(true);
  expect(await page.getByText('Reference: request-1').isVisible()).toBe(true);
});

/** Sums up the page's Cumulative Layout Shift. */
function watchShifts(): void {
  new PerformanceObserver((list) => {
    const shifts = list.getEntries() as unknown as { readonly value: number }[];
    const sum = Number(document.documentElement.dataset.shift ?? 0) + shifts.reduce((all, { value }) => all + value, 0);
    document.documentElement.dataset.shift = String(sum);
  }).observe({ type: 'layout-shift', buffered: true });
}

/** The Cumulative Layout Shift so far, after the next two frames. 0.1 is the limit of a good one. */
async function shiftOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    // Entries are delivered in a task of their own, before one that is begun later.
    await new Promise((resolve) => setTimeout(resolve));
    return Number(document.documentElement.dataset.shift ?? 0);
  });
}

/** Holds each question until it is released, so that the wait is painted before the answer. */
function held(answer: Opening['onQuestion'] = (route) => route.continue()) {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  return { onQuestion: (route: Parameters<typeof answer>[0]) => promise.then(() => answer(route)), release };
}

describe('Nothing jumps', () => {
  for (const [device, viewport] of [
    ['phone', PHONE],
    ['desktop', { width: 1280, height: 900 }],
  ] as const) {
    test.for(['some', 'unknown', 'limited', 'none', 'drift'])(
      `on a ${device} when offers or an error come: %s`,
      async (member, { open }) => {
        const { onQuestion, release } = held();
        const page = await open(`?as=${member}`, { viewport, onQuestion, before: watchShifts });
        await page.locator('.skeleton').first().waitFor();
        release();
        await page.locator('article, .notice').first().waitFor();
        expect(await shiftOf(page)).toBeLessThan(0.1);
      },
    );

    test(`on a ${device} when another filter fails, or more offers do`, async ({ open }) => {
      const failure = { now: false };
      const page = await open('?as=some', {
        viewport,
        before: watchShifts,
        ...failingWhile(failure, 'UPSTREAM_TIMEOUT'),
      });
      await cards(page).first().waitFor();
      failure.now = true;
      await filter(page, 'Ended').check();
      await notice(page, 'UPSTREAM_TIMEOUT').waitFor();
      await filter(page, 'All').check();
      await page.getByRole('button', { name: 'Show all 25' }).click();
      await notice(page, 'UPSTREAM_TIMEOUT').waitFor();
      expect(await shiftOf(page)).toBeLessThan(0.1);
    });

    test(`on a ${device} when a font comes while the list is read`, async ({ open }) => {
      const { promise: wanted, resolve: want } = Promise.withResolvers<void>();
      const { promise: read, resolve: release } = Promise.withResolvers<void>();
      const page = await open('?as=some', {
        viewport,
        before: watchShifts,
        onFont: async (route) => {
          want();
          await read;
          await route.continue();
        },
      });
      await cards(page).first().waitFor();
      await wanted;
      await page.getByRole('button', { name: 'Show all 25' }).scrollIntoViewIfNeeded();
      release();
      await page.evaluate(() => document.fonts.ready);
      expect(await shiftOf(page)).toBeLessThan(0.1);
    });
  }
});
