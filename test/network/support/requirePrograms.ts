import { spawnSync } from 'node:child_process';

/** Ends the run with one line if tinyproxy or openssl is missing. */
export default function requirePrograms(): void {
  for (const [program, option] of [
    ['tinyproxy', '-v'],
    ['openssl', 'version'],
  ] as const) {
    if (spawnSync(program, [option]).error === undefined) continue;
    console.error(`These tests need ${program} in the path. Install it: apt-get install ${program}`);
    process.exit(1);
  }
}
