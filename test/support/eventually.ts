import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once it is so; what never is ends with the test's own timeout. Time that a test has stopped does not matter. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}
