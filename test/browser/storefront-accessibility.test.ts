import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  cards,
  filter,
  focused,
  notice,
  type Opening,
  PHONE,
  requestFailing,
  settled,
  storefrontPages,
} from './support/storefrontPage.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const open = storefrontPages();

describe('Without a mouse', () => {
  test('the keyboard reaches everything, in the order of the page', async () => {
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

    await page.getByRole('button', { name: 'Show 10 more' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Showing 20 of 25 offers').waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H3');
  });

  test('focus is always visible', async () => {
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
      await settled(page);
      for (const summary of await page.locator('summary').all()) await summary.click();
      for (const width of [768, 390, 320]) {
        await page.setViewportSize({ ...PHONE, width });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    },
  );

  test('to a preference for reduced motion', async () => {
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

type View = {
  readonly name: string;
  readonly address: string;
  readonly opening?: Opening;
  /** Waits for the view, unless it is the sign-in, offers or a notice. */
  readonly sign?: string;
  /** Opens the view from the address. */
  readonly act?: (page: Page) => Promise<void>;
};

const VIEWS: readonly View[] = [
  { name: 'the chooser', address: '' },
  { name: 'the wait for offers', address: '?as=some', opening: { onQuestion: async () => {} }, sign: '.skeleton' },
  { name: 'offers', address: '?as=some' },
  { name: 'offers that have ended', address: '?as=some&show=ended' },
  { name: 'offers with unreadable details', address: '?as=drift' },
  { name: 'one offer without limits', address: '?as=sample' },
  { name: 'an empty group', address: '?as=sample&show=join' },
  { name: 'a new card', address: '?as=none' },
  { name: 'an unknown card', address: '?as=unknown' },
  { name: 'a failing system', address: '?as=failing' },
  {
    name: 'a wait before the next try',
    address: '?as=some',
    opening: refusedWith(requestFailing('OVERLOADED', { retryAfterSeconds: 600 })),
  },
  {
    name: 'a page that is out of date',
    address: '?as=some',
    opening: refusedWith(requestFailing('PERSISTED_OPERATION_REQUIRED')),
  },
  { name: 'more offers that did not come', address: '?as=some', act: failToShowMore },
];

function refusedWith(json: unknown): Opening {
  return { onQuestion: (route) => route.fulfill({ json }) };
}

async function failToShowMore(page: Page): Promise<void> {
  await page.route('**/graphql', (route) => route.fulfill({ json: requestFailing('UPSTREAM_TIMEOUT') }));
  await page.getByRole('button', { name: 'Show 10 more' }).click();
  await notice(page, 'UPSTREAM_TIMEOUT').waitFor();
}

type Finding = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

describe('An accessibility audit finds nothing at 1440, 1024 and 390 pixels, light and dark, of', () => {
  test.each(VIEWS)('$name', { timeout: 120_000 }, async ({ address, opening, sign, act }) => {
    const page = await open(address, opening);
    await (sign === undefined ? settled(page) : page.locator(sign).first().waitFor());
    await act?.(page);
    await page.addScriptTag({ path: AXE });
    for (const summary of await page.locator('summary').all()) await summary.click();
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const found = await page.evaluate<Finding[]>('axe.run().then(({ violations }) => violations)');
        expect(found.map(({ id, nodes }) => [width, colorScheme, id, nodes.map(({ html }) => html)])).toEqual([]);
      }
    }
  });
});

test.each(['light', 'dark'] as const)('A disabled button has enough contrast: %s', async (colorScheme) => {
  const page = await open('?as=some', {
    colorScheme,
    ...refusedWith(requestFailing('OVERLOADED', { retryAfterSeconds: 600 })),
  });
  const button = page.locator('.button[aria-disabled=true]');
  await button.waitFor();
  await page.addScriptTag({ path: AXE });
  // axe skips disabled buttons, so this one is enabled for the measurement.
  await button.evaluate((node) => {
    node.style.cssText = ['color', 'background-color']
      .map((name) => `${name}: ${getComputedStyle(node).getPropertyValue(name)}`)
      .join(';');
    node.removeAttribute('aria-disabled');
  });
  const found = await page.evaluate<Finding[]>(
    "axe.run('.notice', { runOnly: ['color-contrast-enhanced'] }).then(({ violations }) => violations)",
  );
  expect(found.flatMap(({ nodes }) => nodes.map(({ html }) => html))).toEqual([]);
});
