import { spawnSync } from 'node:child_process';

const PROGRAMS = [
  { program: 'haproxy', args: ['-v'], wanted: /HAProxy/, install: 'apt-get install haproxy' },
  { program: 'jq', args: ['--version'], wanted: /^jq-/, install: 'apt-get install jq' },
  { program: 'promtool', args: ['--version'], wanted: /promtool/, install: 'apt-get install prometheus' },
  {
    program: 'kubectl',
    args: ['version', '--client'],
    wanted: /Kustomize Version: v(5|\d\d)\./,
    install: 'bash scripts/install-kubectl (Debian 12 has one that is too old)',
  },
] as const;

/** Ends the run with one line if a program that checks the files in `deploy` is missing or too old. */
export default function requirePrograms(): void {
  for (const { program, args, wanted, install } of PROGRAMS) {
    const { error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (error === undefined && wanted.test(stdout + stderr)) continue;
    console.error(`These tests need ${program} in the path. Install it: ${install}`);
    process.exit(1);
  }
}
