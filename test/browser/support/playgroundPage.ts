import type { Locator, Page } from 'playwright-core';

/** Opens the playground and waits until its editors take what is typed and run what they hold. */
export async function openPlayground(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator('.operation .monaco-editor').waitFor();
  await page.locator('.result-window .monaco-editor').waitFor({ state: 'attached' });
}

/** Runs the query of the tab that is open. */
export async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
}

/** Where the query is written. */
export function queryOf(page: Page): Locator {
  return page.locator('.operation');
}

/** Where the answer is shown. */
export function answerOf(page: Page): Locator {
  return page.locator('.result-window');
}

/** What the run of the open tab took. */
export function summaryOf(page: Page): Locator {
  return page.locator('.summary');
}

/** The tab with this query's name. */
export function tab(page: Page, name: string): Locator {
  return page.getByRole('navigation', { name: 'Queries' }).getByRole('button', { name, exact: true });
}

/** Opens a side panel, or closes it. */
export async function togglePanel(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name, exact: true }).click();
}

/** Types into the editor of the variables or the headers. */
export async function typeInto(page: Page, tool: 'Variables' | 'Headers', text: string): Promise<void> {
  await page.getByRole('button', { name: tool, exact: true }).click();
  await page.locator('.tool .graphiql-editor:not(.hidden) .monaco-editor').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
}
