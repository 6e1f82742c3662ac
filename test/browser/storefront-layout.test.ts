import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import {
  cards,
  changing,
  failing,
  filter,
  findings,
  focused,
  type Opening,
  settled,
  test,
  unfold,
} from './support/storefrontPage.ts';

test('The keyboard reaches everything in the order of the page, and focus is visible', async ({ open }) => {
  const page = await open();
  const press = async (key: string) => {
    await page.keyboard.press(key);
    const outline = await page.evaluate(() => {
      const element = document.activeElement;
      const drawnOn = element instanceof HTMLInputElement ? element.nextElementSibling : element;
      return drawnOn && getComputedStyle(drawnOn).outlineStyle;
    });
    expect(outline, key).toBe('solid');
  };
  await page.getByRole('button', { name: 'Maya Lindqvist' }).waitFor();
  await press('Tab');
  expect(await focused(page.getByRole('button', { name: 'Maya Lindqvist' }))).toBe(true);
  await page.keyboard.press('Enter');
  await cards(page).first().waitFor();
  expect(await focused(page.getByRole('heading', { level: 1 }))).toBe(true);

  await press('Tab');
  expect(await focused(filter(page, 'All'))).toBe(true);
  await press('ArrowRight');
  await press('ArrowRight');
  expect(await filter(page, 'Earning').isChecked()).toBe(true);
  await press('ArrowLeft');
  await press('ArrowLeft');
  await page.getByText('Showing 10 of 25 offers').waitFor();

  await press('Tab');
  expect(await focused(cards(page).first().locator('summary'))).toBe(true);
  await press('Space');
  expect(await cards(page).first().locator('details .limit').first().isVisible()).toBe(true);
  await page.getByRole('button', { name: 'Show 10 more' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Showing 20 of 25 offers').waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H3');
});

const WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const NUMBER = '123456789012345678901234567890.123';

const LONG = changing(({ restrictions }) => ({
  name: WORD,
  description: `${WORD}${WORD}`,
  customerUsage: { __typename: 'PromotionUsage', currentPointsPerCustomer: NUMBER },
  restrictions: JSON.parse(JSON.stringify(restrictions).replace(/"(maxLimit|remaining)":"[^"]+"/g, `"$1":"${NUMBER}"`)),
}));

/** Elements with text that reaches out of the window, or out of their own card. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const out: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.textContent?.trim() ? texts.currentNode.parentElement : null;
      // The filters scroll sideways within their own line.
      if (element === null || element.closest('.filter, .visually-hidden, script')) continue;
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      const { left, right } = range.getBoundingClientRect();
      const around = element.closest('article, .notice, .member') ?? document.documentElement;
      const bounds = around.getBoundingClientRect();
      if (left < bounds.left - 1 || right > bounds.right + 1) out.push(element.outerHTML);
    }
    if (document.documentElement.scrollWidth > innerWidth) out.push(`${document.documentElement.scrollWidth} px wide`);
    return out;
  });
}

const twiceAsLarge = () =>
  document.addEventListener('DOMContentLoaded', () => document.documentElement.style.setProperty('font-size', '200%'));

describe('Everything can be read, without scrolling sideways', () => {
  test.for<readonly [string, string, Opening]>([
    ['the sign-in', '', {}],
    ['offers', '?as=some', {}],
    ['long words and numbers', '?as=some', LONG],
    ['unreadable details', '?as=drift', {}],
    ['an unknown card', '?as=unknown', {}],
    ['a new card', '?as=none', {}],
  ])('%s, at 1440 to 320 pixels, and at 320 pixels with text at 200 %', async ([, search, opening], { open }) => {
    const page = await open(search, opening);
    const large = await open(search, { ...opening, viewport: { width: 320, height: 700 }, before: twiceAsLarge });
    await Promise.all([settled(page), settled(large)]);
    await Promise.all([unfold(page), unfold(large)]);
    for (const width of [1440, 768, 390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      expect(await cutOff(page), `${width}`).toEqual([]);
    }
    expect(await large.evaluate(() => getComputedStyle(document.body).fontSize)).toBe('32px');
    expect(await cutOff(large), '200 %').toEqual([]);
  });
});

describe('An accessibility audit finds nothing, on a desktop and a phone, light and dark:', () => {
  test.for<readonly [string, string, Opening]>([
    ['the sign-in', '', {}],
    ['the wait for offers', '?as=some', { onQuestion: async () => {} }],
    ['offers', '?as=some', {}],
    ['unreadable details', '?as=drift', {}],
    ['an empty group', '?as=sample&show=join', {}],
    ['an unknown card', '?as=unknown', {}],
    [
      'a wait before the next try',
      '?as=some',
      { onQuestion: (route) => route.fulfill({ json: failing('OVERLOADED', { retryAfterSeconds: 600 }) }) },
    ],
  ])('%s', async ([, search, opening], { open }) => {
    const page = await open(search, opening);
    await page.locator('.member, .voucher, .notice').first().waitFor();
    await unfold(page);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await findings(page), `${width} ${colorScheme}`).toEqual([]);
      }
    }
  });
});

test('Light and dark follow the system', async ({ open }) => {
  const page = await open('?as=some');
  const grounds: number[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const lightness = await page.evaluate(
      () => /oklch\(([\d.]+)/.exec(getComputedStyle(document.body).backgroundColor)?.[1],
    );
    grounds.push(Number(lightness));
  }
  expect(grounds[0]).toBeGreaterThan(0.9);
  expect(grounds[1]).toBeLessThan(0.25);
});
