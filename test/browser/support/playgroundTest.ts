// biome-ignore-all lint/correctness/noEmptyPattern: vitest reads from the first parameter what a fixture is made of
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Program, startProgram } from '../../support/process.ts';
import { startUpstream } from '../../support/upstream.ts';
import { type PageTroubles, watchPage } from './browser.ts';
import { test as base } from './browserTest.ts';
import { openPlayground } from './playgroundPage.ts';

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

const CLEAN: PageTroubles = { foreign: [], violations: [], exceptions: [], complaints: [] };

/**
 * The fixture of playground tests. Everything that was started is stopped:
 * - `serve(env)`: the origin of a gateway program with these settings; the file has one for equal settings.
 * - `supergraph`: the origin of the example's supergraph.
 * - `upstream`: the programmable upstream.
 * - `open(address, options, before)`: the page at an address, in a new browser context, in which `before` runs first.
 *   Every other host is blocked, and the page has to be clean: no violation of its policy, no exception, no complaint.
 */
export const test = base
  .extend('serve', { scope: 'file' }, async ({}, { onCleanup }) => {
    const programs = new Map<string, Program>();
    onCleanup(async () => {
      await Promise.all([...programs.values()].map((program) => program.stop()));
    });
    return async (env: Record<string, string> = {}): Promise<string> => {
      const key = JSON.stringify(env);
      const program = programs.get(key) ?? startProgram('src/main.js', { PORT: '0', LOG_FORMAT: 'pretty', ...env });
      programs.set(key, program);
      return (await program.printed(/GraphQL\s+(http:\/\/\S+)\/graphql/))[1] ?? '';
    };
  })
  .extend('supergraph', { scope: 'file' }, async ({}, { onCleanup }) => {
    const program = startProgram('examples/supergraph/start.ts', { PORT: '0' });
    onCleanup(async () => void (await program.stop()));
    return (await program.printed(/Supergraph\s+(http:\/\/\S+)\/graphql/))[1] ?? '';
  })
  .extend('upstream', { scope: 'file' }, async ({}, { onCleanup }) => {
    const upstream = await startUpstream();
    onCleanup(() => upstream.close());
    return upstream;
  })
  .extend('open', async ({ browser }, { onCleanup }) => {
    const opened: { readonly page: Page; readonly troubles: PageTroubles }[] = [];
    onCleanup(async () => {
      for (const { page, troubles } of opened) {
        await page.context().close();
        expect(troubles).toEqual(CLEAN);
      }
    });
    return async (address: string, options: BrowserContextOptions = {}, before = () => {}): Promise<Page> => {
      const context = await browser.newContext({ viewport: DESK, ...options });
      await context.addInitScript(before);
      const page = await context.newPage();
      opened.push({ page, troubles: watchPage(page, new URL(address).host) });
      await openPlayground(page, address);
      return page;
    };
  });
