import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

type Step = { readonly uses?: string; readonly run?: string };
type Job = {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
};
type Workflow = {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
};

const FOLDER = '.github/workflows';
const workflows = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  return { name, text, workflow: parse(text) as Workflow };
});

/** What the script prints for this tag, in a project of this version with this changelog. */
function notes(tag: string, version: string, ...changelog: string[]): { prints: string; complains: string } {
  const project = mkdtempSync(join(tmpdir(), 'release-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ version }));
  writeFileSync(join(project, 'CHANGELOG.md'), changelog.join('\n'));
  const args = [resolve('scripts/releaseNotes.ts'), tag, `https://files.example/${tag}`];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
  return { prints: stdout, complains: stderr };
}

const OLDER = ['## 1.2.0 (2026-01-01)', '', '- Old'];

test('The notes of a release are its part of the changelog, with links to the files at its tag', () => {
  const part = ['### Added', '', '- A [page](docs/page.md#part), and [another](https://other.example)'];
  expect(notes('v2.0.0', '2.0.0', '# Changelog', '', '## 2.0.0 (2026-01-31)', '', ...part, '', ...OLDER)).toEqual({
    prints: `${part.join('\n').replace('docs/', 'https://files.example/v2.0.0/docs/')}\n`,
    complains: '',
  });
});

test('A tag that is not the version, and a version without a date, are no release', () => {
  expect(notes('v1.2.0', '2.0.0', ...OLDER)).toEqual({
    prints: '',
    complains: 'The tag is v1.2.0, but package.json has the version 2.0.0.\n',
  });
  for (const heading of ['## 2.0.0 (unreleased)', '## 2.0.0-rc.1 (2026-01-31)']) {
    const complains = 'CHANGELOG.md needs a line "## 2.0.0 (date)", such as (2026-01-31).\n';
    expect(notes('v2.0.0', '2.0.0', heading, '', ...OLDER)).toEqual({ prints: '', complains });
  }
});

test.each(workflows)('$name takes only what it needs, for a limited time, one run after the other', ({ workflow }) => {
  expect(workflow.concurrency.group).toBeTypeOf('string');
  for (const job of Object.values(workflow.jobs)) {
    const writes = Object.entries(job.permissions ?? workflow.permissions).filter(([, access]) => access !== 'read');
    expect(writes.length).toBeLessThanOrEqual(1);
    if (job.uses === undefined) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
  }
});

test.each(workflows)(
  '$name uses each action by the digest of a release, and only files and scripts that exist',
  (file) => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const jobs = Object.values(file.workflow.jobs);
    const steps = jobs.flatMap((job) => job.steps ?? []);
    for (const uses of [...jobs, ...steps].flatMap((each) => each.uses ?? [])) {
      if (uses.startsWith('./')) expect(existsSync(uses)).toBe(true);
      else
        expect(file.text).toMatch(
          new RegExp(`uses: ${uses.replace(/@.*/, '')}@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+$`, 'm'),
        );
    }
    const commands = steps.map(({ run }) => run ?? '').join('\n');
    for (const [, script = ''] of commands.matchAll(/npm run (?:--silent )?([\w:]+)/g))
      expect(scripts).toHaveProperty([script]);
    for (const [, path = ''] of commands.matchAll(/(?:bash|node) ([\w./]+)/g)) expect(existsSync(path)).toBe(true);
  },
);

test('Updates are proposed for every place that names versions', () => {
  const { updates } = parse(readFileSync('.github/dependabot.yml', 'utf8')) as {
    updates: { 'package-ecosystem': string; directory?: string; directories?: string[] }[];
  };
  const manifests: Record<string, string> = {
    npm: 'package.json',
    docker: 'Dockerfile',
    'docker-compose': 'compose.yaml',
    'github-actions': FOLDER,
  };
  const places = updates.flatMap(({ 'package-ecosystem': kind, directory, directories = [directory ?? ''] }) =>
    directories.map((folder) => join('.', folder, manifests[kind] ?? kind)),
  );
  expect(places.toSorted()).toEqual([
    FOLDER,
    'Dockerfile',
    'bench/package.json',
    'deploy/compose.yaml',
    'package.json',
  ]);
});
