import { spawnSync } from 'node:child_process';

/** Ends the run with one line if there is no Redis. */
export default function requireRedis(): void {
  if (spawnSync('redis-server', ['--version']).error === undefined) return;
  console.error('These tests need redis-server in the path. Install it: apt-get install redis-server');
  process.exit(1);
}
