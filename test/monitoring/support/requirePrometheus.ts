import { spawnSync } from 'node:child_process';

/** Ends the run with one line if Prometheus or promtool is missing. */
export default function requirePrometheus(): void {
  for (const program of ['prometheus', 'promtool']) {
    if (spawnSync(program, ['--version']).error === undefined) continue;
    console.error(`These tests need ${program} in the path. Install it: apt-get install prometheus`);
    process.exit(1);
  }
}
