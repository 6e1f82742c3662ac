import type { Locator, Page } from 'playwright-core';

/** Opens the playground and waits until its editors are ready. */
export async function openPlayground(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator('.operation .monaco-editor').waitFor();
  await page.locator('.result-window .monaco-editor').waitFor({ state: 'attached' });
}

/** Runs the query of the tab that is open. */
export async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
}

/** The query editor. */
export function queryOf(page: Page): Locator {
  return page.locator('.operation');
}

/** The response pane. */
export function responseOf(page: Page): Locator {
  return page.locator('.result-window');
}

/** The report on the run of the open tab. */
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
