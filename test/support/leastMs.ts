const MAX_TRIES = 3;

/**
 * Measures the CPU time of some work, again while it is not below the bound, three times at most, and returns the least of them in
 * milliseconds. What else the machine does, and its host, only ever adds to it: processors share their caches and their memory.
 * @param measure gets the number of the try, from 0
 */
export async function leastMs(bound: number, measure: (again: number) => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < MAX_TRIES && least >= bound; tries++) least = Math.min(least, await measure(tries));
  return least;
}
