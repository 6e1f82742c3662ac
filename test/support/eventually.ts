import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once the condition is true, else the test's timeout ends it. It also works while a test has stopped the time. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}
