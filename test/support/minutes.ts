const MINUTE_MS = 60_000;

/** The most of these moments in any minute, wherever it begins. They are in milliseconds, and in order. */
export function mostInAMinute(moments: readonly number[]): number {
  let most = 0;
  for (let first = 0, next = 0; first < moments.length; first++) {
    while (next < moments.length && (moments[next] ?? 0) < (moments[first] ?? 0) + MINUTE_MS) next++;
    most = Math.max(most, next - first);
  }
  return most;
}
