import { spawnSync } from 'node:child_process';

/** Ends the run with one line if haproxy or nginx is missing. */
export default function requireProxies(): void {
  for (const program of ['haproxy', 'nginx']) {
    if (spawnSync(program, ['-v']).error === undefined) continue;
    console.error(`These tests need ${program} in the path. Install it: apt-get install ${program}`);
    process.exit(1);
  }
}
