import type { Locator, Page } from 'playwright-core';

/** Opens the playground and waits until its editors take what is typed and run what they hold. */
export async function openPlayground(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await page.locator('.graphiql-response .monaco-editor').waitFor();
}

/** Runs the query of the tab that is open. */
export async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Execute query/ }).click();
}

/** Where the answer is shown. */
export function answerOf(page: Page): Locator {
  return page.locator('.graphiql-response');
}
