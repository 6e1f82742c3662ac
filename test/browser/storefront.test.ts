import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Locator, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Storefront, startStorefront } from '../support/storefront.ts';
import { launchBrowser, type PageTroubles, watchPage } from './support/browser.ts';

const MANIFEST: { readonly operations: readonly { readonly id: string }[] } = JSON.parse(
  readFileSync('examples/storefront/persisted-operations.json', 'utf8'),
);
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };

let storefront: Storefront;
let browser: Browser;
let troubles: PageTroubles[] = [];
beforeAll(async () => {
  [storefront, browser] = await Promise.all([startStorefront('--production'), launchBrowser()]);
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  expect(troubles.filter(({ foreign, exceptions }) => foreign.length + exceptions.length > 0)).toEqual([]);
  troubles = [];
});
afterAll(async () => {
  await browser.close();
  await storefront.program.stop();
});

type Opening = BrowserContextOptions & {
  /** Handles the page's questions before they reach the gateway. */
  readonly onQuestion?: (route: Route) => Promise<void>;
};

/** A fresh page of the storefront as built: `?as=some` is signed in as the member of that name. */
async function open(search = '', { onQuestion, ...options }: Opening = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: DESKTOP, reducedMotion: 'reduce', ...options });
  troubles.push(await watchPage(page, new URL(storefront.url).host));
  if (onQuestion !== undefined) await page.route('**/graphql', onQuestion);
  await page.goto(storefront.url + search);
  return page;
}

const cards = (page: Page) => page.getByRole('article');
const count = (page: Page) => page.getByRole('status');
const filter = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });
const notice = (page: Page, code: string) => page.locator(`[role=alert][data-code=${code}]`);
const focused = (element: Locator) => element.evaluate((node) => node === document.activeElement);

/** An answer without data for one reason, as the gateway writes it. */
function refusal(code: string, extensions: Record<string, unknown> = {}) {
  return { errors: [{ message: code, extensions: { code, requestId: 'request-1', ...extensions } }] };
}

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

  test('signs in with an identifier of their own, which no address shows', async () => {
    const page = await open();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.getByLabel('Sign in with').selectOption('E-mail address');
    await page.getByLabel('Number or address').fill('sample@example.com');
    await page.getByRole('button', { name: 'Show offers' }).click();
    await page.getByRole('heading', { name: 'Award50' }).waitFor();
    expect([page.url(), ...requests].filter((url) => url.includes('sample'))).toEqual([]);
  });

  test('leaves nothing behind for the next', async () => {
    const page = await open('?as=some');
    await cards(page).first().waitFor();
    await page.getByRole('button', { name: 'Switch member' }).click();
    await page.getByRole('button', { name: 'Noor Haddad' }).click();
    await page.getByRole('heading', { name: 'No offers yet' }).waitFor();
    expect(await cards(page).count()).toBe(0);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([
      0,
      0,
      '',
    ]);
  });

  test('sees where offers will be while they are fetched', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const page = await open('?as=some', {
      onQuestion: async (route) => {
        await held;
        await route.continue();
      },
    });
    await page.locator('.skeleton').first().waitFor();
    expect(await count(page).textContent()).toBe('Fetching your offers…');
    release();
    await cards(page).first().waitFor();
    expect(await page.locator('.skeleton').count()).toBe(0);
  });

  test('sees what could be read where some could not, and may look what is missing', async () => {
    const page = await open('?as=drift');
    await cards(page).first().waitFor();
    expect(await cards(page).count()).toBe(3);
    await page.getByText('Some details of these offers couldn’t be read').waitFor();
    await page.getByText('What is missing').click();
    const missing = page.getByRole('complementary').getByRole('listitem');
    const messages = await missing.allTextContents();
    expect(messages.some((message) => message.includes('NUMBER_OF_MIRACLES'))).toBe(true);
    expect(new Set(messages).size).toBe(messages.length);
  });
});

describe('The list', () => {
  test('is asked for by the id of a registered operation, without its text', async () => {
    const page = await open();
    const asked = page.waitForRequest('**/graphql');
    await page.getByRole('button', { name: 'Maya Lindqvist' }).click();
    const question = (await asked).postDataJSON();
    expect(question).not.toHaveProperty('query');
    expect(MANIFEST.operations.map(({ id }) => id)).toContain(question.extensions.persistedQuery.sha256Hash);
    await cards(page).first().waitFor();
  });

  test('shows the offers in one state, asked for by one question', async () => {
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

  test('says so where no offer is in that state', async () => {
    const page = await open('?as=sample');
    await cards(page).first().waitFor();
    await filter(page, 'To join').check();
    await page.getByRole('heading', { name: 'Nothing in this group' }).waitFor();
    expect(await count(page).textContent()).toBe('Showing 0 of 0 offers');
  });

  test('grows until everything is shown, and focus follows to what is new', async () => {
    const page = await open('?as=some');
    const more = page.getByRole('button', { name: 'Show more of 25' });
    await more.click();
    await page.getByText('Showing 20 of 25 offers').waitFor();
    expect(await focused(cards(page).nth(10).getByRole('heading'))).toBe(true);
    await more.click();
    await page.getByText('Showing 25 of 25 offers').waitFor();
    expect(await focused(cards(page).nth(20).getByRole('heading'))).toBe(true);
    expect(await more.count()).toBe(0);
    expect(new Set(await cards(page).getByRole('heading').allTextContents()).size).toBe(25);
  });

  test('keeps what it has when more cannot be fetched, and goes on from there', async () => {
    let failing = false;
    const page = await open('?as=some', {
      onQuestion: (route) => (failing ? route.fulfill({ json: refusal('UPSTREAM_TIMEOUT') }) : route.continue()),
    });
    await cards(page).first().waitFor();
    failing = true;
    await page.getByRole('button', { name: 'Show more of 25' }).click();
    await notice(page, 'UPSTREAM_TIMEOUT').waitFor();
    expect(await cards(page).count()).toBe(10);
    failing = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Showing 20 of 25 offers').waitFor();
    expect(await notice(page, 'UPSTREAM_TIMEOUT').count()).toBe(0);
  });
});

describe('What goes wrong is said in words, with a way on', () => {
  test.each([
    ['unknown', 'CUSTOMER_NOT_FOUND', 'Back to sign-in'],
    ['blank', 'BAD_USER_INPUT', 'Back to sign-in'],
    ['scope', 'DATA_SCOPE_REJECTED', 'Back to sign-in'],
    ['failing', 'UPSTREAM_UNAVAILABLE', 'Try again'],
    ['html', 'UPSTREAM_INVALID_RESPONSE', 'Try again'],
    ['refused', 'UPSTREAM_REJECTED', 'Try again'],
    ['slow', 'UPSTREAM_TIMEOUT', 'Try again'],
    ['limited', 'UPSTREAM_RATE_LIMITED', 'Try again'],
  ])('signed in as %s: %s', async (slug, code, remedy) => {
    const page = await open(`?as=${slug}`);
    await notice(page, code).waitFor();
    expect(await notice(page, code).getByRole('heading').textContent()).not.toBe('Something went wrong');
    expect(await notice(page, code).getByRole('button').textContent()).toContain(remedy);
    expect(await page.locator('.skeleton').count()).toBe(0);
  });

  test.each([
    ['UNAUTHENTICATED', 200, 'Back to sign-in'],
    ['FORBIDDEN', 200, 'Back to sign-in'],
    ['RATE_LIMITED', 429, 'Try again'],
    ['OVERLOADED', 503, 'Try again'],
    ['OPERATION_TOO_EXPENSIVE', 400, 'Load the page again'],
    ['PERSISTED_OPERATION_REQUIRED', 400, 'Load the page again'],
    ['INTERNAL_SERVER_ERROR', 200, 'Try again'],
    ['A_CODE_OF_NEXT_YEAR', 200, 'Try again'],
  ])('%s with HTTP %i', async (code, status, remedy) => {
    const page = await open('?as=some', { onQuestion: (route) => route.fulfill({ status, json: refusal(code) }) });
    await notice(page, code).waitFor();
    expect(await notice(page, code).getByRole('button').textContent()).toContain(remedy);
    expect(await notice(page, code).textContent()).toContain('request-1');
  });

  test('waits as long as the gateway asked, then asks again', async () => {
    let asked = 0;
    const page = await open('?as=some', {
      onQuestion: (route) =>
        ++asked === 1
          ? route.fulfill({ json: refusal('UPSTREAM_UNAVAILABLE', { retryAfterSeconds: 2 }) })
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

  test('no network, and back again', async () => {
    let offline = true;
    const page = await open('?as=some', { onQuestion: (route) => (offline ? route.abort() : route.continue()) });
    await notice(page, 'NETWORK').waitFor();
    offline = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await cards(page).first().waitFor();
    expect(await notice(page, 'NETWORK').count()).toBe(0);
  });

  test('something other than the gateway answers', async () => {
    const page = await open('?as=some', {
      onQuestion: (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
    });
    await notice(page, 'NETWORK').waitFor();
    expect(await notice(page, 'NETWORK').getByRole('button').textContent()).toBe('Try again');
  });
});

describe('Without a mouse', () => {
  test('the keyboard alone reaches everything, in the order of the page', async () => {
    const page = await open();
    const maya = page.getByRole('button', { name: 'Maya Lindqvist' });
    await maya.waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(maya)).toBe(true);
    await page.keyboard.press('Enter');
    await cards(page).first().waitFor();
    expect(await focused(page.getByRole('heading', { level: 1 }))).toBe(true);

    await page.keyboard.press('Tab');
    expect(await focused(filter(page, 'All'))).toBe(true);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await filter(page, 'Earning').isChecked()).toBe(true);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.getByText('Showing 10 of 25 offers').waitFor();

    await page.keyboard.press('Tab');
    expect(await focused(cards(page).first().locator('summary'))).toBe(true);
    await page.keyboard.press('Space');
    expect(await cards(page).first().getByRole('meter').count()).toBeGreaterThan(2);

    await page.getByRole('button', { name: 'Show more of 25' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Showing 20 of 25 offers').waitFor();
    expect(await focused(cards(page).nth(10).getByRole('heading'))).toBe(true);
  });

  test('focus is seen wherever it is', async () => {
    const page = await open('?as=some');
    await cards(page).first().waitFor();
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press('Tab');
      const outlined = await page.evaluate(() => {
        const focused = document.activeElement;
        const drawnOn = focused instanceof HTMLInputElement ? focused.nextElementSibling : focused;
        return drawnOn !== null && getComputedStyle(drawnOn).outlineStyle === 'solid';
      });
      expect(outlined, `step ${step}`).toBe(true);
    }
  });
});

describe('The page adapts', () => {
  test('to light and dark', async () => {
    const grounds: number[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('?as=some', { colorScheme });
      const ground = await page.evaluate(() => {
        const canvas = document.createElement('canvas').getContext('2d');
        if (canvas === null) throw new Error('No canvas.');
        canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data[1] ?? 0;
      });
      grounds.push(ground);
    }
    expect(grounds[0]).toBeGreaterThan(220);
    expect(grounds[1]).toBeLessThan(50);
  });

  test.each(['', '?as=some', '?as=drift', '?as=unknown', '?as=none'])(
    'to narrow windows, without scrolling sideways: /%s',
    async (search) => {
      const page = await open(search);
      await page.locator('.member, .voucher:not(.skeleton), .notice').first().waitFor();
      for (const summary of await page.locator('summary').all()) await summary.click();
      for (const width of [768, 390, 320]) {
        await page.setViewportSize({ ...PHONE, width });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    },
  );

  test('to those who want no motion', async () => {
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      const page = await open('?as=some', { reducedMotion });
      await cards(page).first().waitFor();
      const animated = await page
        .locator('.offers > li')
        .first()
        .evaluate((card) => getComputedStyle(card).animationName);
      expect(animated).toBe(reducedMotion === 'reduce' ? 'none' : 'arrive');
    }
  });
});

type Finding = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

describe('An accessibility audit finds nothing', () => {
  const screens = ['', '?as=some', '?as=drift', '?as=sample', '?as=none', '?as=unknown', '?as=failing'];
  test.each(screens.flatMap((search) => [[search, 'dark', PHONE] as const, [search, 'light', DESKTOP] as const]))(
    'at /%s, %s, %o',
    async (search, colorScheme, viewport) => {
      const page = await open(search, { colorScheme, viewport });
      await page.locator('.member, .voucher:not(.skeleton), .notice').first().waitFor();
      for (const summary of await page.locator('summary').all()) await summary.click();
      await page.addScriptTag({ path: AXE });
      const found = await page.evaluate<Finding[]>('axe.run().then(({ violations }) => violations)');
      expect(found.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    },
  );
});
