import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** The memory of this process's objects and buffers that are referred to, and of buffers that V8 has not returned yet. */
export function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The same once V8 has returned the buffers that nothing refers to any more, which it does in other threads. */
export async function settledBytes(): Promise<number> {
  for (let before = usedBytes(); ; ) {
    await setTimeout(50);
    const now = usedBytes();
    if (now > before - 50_000) return now;
    before = now;
  }
}
