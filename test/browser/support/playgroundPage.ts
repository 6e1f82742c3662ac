import type { Locator, Page } from 'playwright-core';

/** Opens the playground and waits until its editors are ready and a query is open. */
export async function openPlayground(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await variablesOf(page).locator('.view-line').first().waitFor();
  await responseOf(page).locator('.monaco-editor').waitFor();
}

/** Runs the query of the tab that is open. */
export async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Execute query/ }).click();
}

/** The query editor. */
export const queryOf = (page: Page): Locator => page.getByRole('region', { name: 'Operation Editor' });

/** The editor of the variables. */
export const variablesOf = (page: Page): Locator => page.locator('.graphiql-editor-tool .graphiql-editor').first();

/** The response. */
export const responseOf = (page: Page): Locator => page.getByRole('region', { name: 'Result Window' });

/** The report on the run of the open tab. */
export const summaryOf = (page: Page): Locator => page.getByRole('status');

/** The panel that is open. */
export const panelOf = (page: Page): Locator => page.locator('.graphiql-plugin');

/** The tab with this query's name. */
export const tab = (page: Page, name: string): Locator =>
  page.getByRole('tab').getByRole('button', { name, exact: true });

/** Opens a panel. */
export async function showPanel(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: `Show ${title}` }).click();
}

/** Opens an example in a new tab, whose query has this name. */
export async function openExample(page: Page, title: string, name: string): Promise<void> {
  await panelOf(page).getByRole('button', { name: title }).click();
  await tab(page, name).and(page.locator('[aria-controls="graphiql-session"]')).waitFor();
  await queryOf(page).getByText(name).first().waitFor();
}

/** Replaces the text of the variables or of the headers. */
export async function typeInto(page: Page, tool: 'Variables' | 'Headers', text: string): Promise<void> {
  await page.getByRole('button', { name: tool, exact: true }).click();
  await page.getByRole('region', { name: tool }).locator('.graphiql-editor:not(.hidden) .monaco-editor').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
}
