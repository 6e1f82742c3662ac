import { spawnSync } from 'node:child_process';

/** The programs that these tests start, each of a Debian package of its name. */
const PROGRAMS = ['redis-server', 'redis-sentinel', 'openssl'];

/** Ends the run with one line if a program is missing. */
export default function requireRedis(): void {
  for (const program of PROGRAMS) {
    const version = program === 'openssl' ? 'version' : '--version';
    if (spawnSync(program, [version]).error === undefined) continue;
    console.error(`These tests need ${program} in the path. Install it: apt-get install ${program}`);
    process.exit(1);
  }
}
