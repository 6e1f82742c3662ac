// Each changed file of the copy imports this, in the tests' process and in the programs that tests start.
import { appendFileSync, readFileSync } from 'node:fs';

declare global {
  var mutated: (id: number) => boolean;
  var __vitest_worker__: { filepath?: string } | undefined;
}

/** What the copy writes down: the process of the tests, and which test file reached which mutant. */
const path = (name: string) => new URL(name, import.meta.url);
const active = Number.parseInt(readFileSync(path('active'), 'utf8'), 10);
const reached = new Map<string, number>();

if (globalThis.__vitest_worker__ !== undefined) appendFileSync(path('workers'), `${process.pid}\n`);

/** Whether this mutant is the active one. Without one, it writes down at the 1st, 10th, 100th… time that a test has come here. */
globalThis.mutated ??= (id) => {
  if (active === -1) {
    const line = `${globalThis.__vitest_worker__?.filepath ?? ''}\t${id}\n`;
    const times = (reached.get(line) ?? 0) + 1;
    reached.set(line, times);
    if (Number.isInteger(Math.log10(times))) appendFileSync(path('reached'), line);
  }
  return id === active;
};
