// Changes a copy of `src/` in many small ways, one at a time, and counts the changes that no test notices.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { BaseSequencer, createVitest, type TestSpecification, type Vitest } from 'vitest/node';
import { chosenMutants, folderOf, type Mutant, withSwitches } from './mutants.ts';

const USAGE = `npm run mutate -- [--seed 1] [--count 200] [--suites NAME,…] [--only NUMBER,… --tests FILE,…]
  --only, --tests   only these mutants, with only these test files: after a new test for a survivor`;
const LEAST_SCORE = 92;
/** How many test files run at first, the likeliest ones. A mutant that survives these meets the others later. */
const FIRST_FILES = 10;

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    suites: { type: 'string', default: 'unit,integration,process,federation,oracle,redis' },
    only: { type: 'string' },
    tests: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (options.help === true) {
  console.log(USAGE);
  process.exit();
}

/** A mutant that no test can notice, and why. */
type Equivalent = { readonly file: string; readonly mutant: string; readonly reason: string };
const equivalents: readonly Equivalent[] = JSON.parse(readFileSync('test/mutation/equivalents.json', 'utf8'));

/** A test file that reaches a mutant: `weight` is how much of what the file does is there, for the time that it takes. */
type Reaching = { readonly path: string; readonly weight: number };
type Outcome = { readonly killer: string | undefined };

const mutants = new Map(chosenMutants(Number(options.count), options.seed).map((mutant, id) => [id, mutant]));
const only = options.only?.split(',').map(Number);
const copy = copyOfProject();
process.chdir(copy);
const inCopy = (name: string) => join(copy, 'test/mutation', name);
for (const name of ['active', 'workers', 'reached']) writeFileSync(inCopy(name), '');
const docs = writtenDocs();

/** A copy of the project in which each mutant has a switch. An end of the process removes it. */
function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
  cpSync('.', folder, { recursive: true, filter: (path) => !/^(node_modules|\.git)$/.test(path) });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  const files = Map.groupBy(mutants, ([, { file }]) => file);
  for (const [file, inFile] of files) {
    const text = withSwitches(file, new Map(inFile));
    writeFileSync(join(folder, file), `import '${join(folder, 'test/mutation/active.ts')}'; ${text}`);
  }
  return folder;
}

/** Test files run one after the other, in the order in which they are given, in one process for each suite. */
async function openTests(settings: { bail: number; ended?: (path: string) => void }): Promise<Vitest> {
  class Given extends BaseSequencer {
    override async sort(files: TestSpecification[]) {
      return files;
    }
  }
  return createVitest('test', {
    root: copy,
    watch: false,
    project: options.suites.split(','),
    maxWorkers: 1,
    fileParallelism: false,
    bail: settings.bail,
    sequence: { sequencer: Given },
    reporters: [{ onTestModuleEnd: (module) => settings.ended?.(module.moduleId) }],
  });
}

/** Kills the tests' process if a test file does not end, since a mutant may loop. */
const watchdog = {
  stuck: false,
  timer: undefined as NodeJS.Timeout | undefined,
  start() {
    this.stuck = false;
    this.restart();
  },
  /** For the next file. */
  restart() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.stuck = true;
      for (const worker of readFileSync(inCopy('workers'), 'utf8').trim().split('\n')) killIfThere(Number(worker));
    }, 240_000);
  },
  /** Whether it had to. */
  stop(): boolean {
    clearTimeout(this.timer);
    return this.stuck;
  },
};

/** Runs test files on a mutant, and returns the first test that fails. */
async function killerOf(vitest: Vitest, id: number, files: readonly TestSpecification[]): Promise<string | undefined> {
  if (files.length === 0) return undefined;
  writeFileSync(inCopy('active'), String(id));
  writeFileSync(inCopy('workers'), '');
  watchdog.start();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([...files]);
  const stuck = watchdog.stop();
  // What failed counts for the bail of the next run too.
  vitest.state.idMap.clear();
  vitest.state.filesMap.clear();
  vitest.state.clearErrors();
  if (stuck) return 'no end';
  const failed = testModules.find((module) => module.state() === 'failed');
  if (failed === undefined) return unhandledErrors.length > 0 ? 'an unhandled error' : undefined;
  const [test] = failed.children.allTests('failed');
  const name = test === undefined ? 'does not load' : test.fullName;
  return `${relative(copy, failed.moduleId)} ${name}: ${test?.result().errors?.[0]?.message.split('\n')[0] ?? ''}`;
}

/** The pages of docs with the tables that are written from `src/`: a check of CI is that these are up to date. */
function writtenDocs(): string {
  execFileSync(process.execPath, ['scripts/docs/write.ts'], { cwd: copy, stdio: 'ignore' });
  return readdirSync('docs')
    .map((name) => readFileSync(join('docs', name), 'utf8'))
    .join('');
}

/** Whether a mutant changes the docs. */
function changesDocs(id: number): boolean {
  writeFileSync(inCopy('active'), String(id));
  try {
    return writtenDocs() !== docs;
  } catch {
    return true;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Runs everything without a mutant: which test files reach which mutants. Those that fail here say nothing about mutants. */
async function reachingFiles(): Promise<Map<number, Reaching[]>> {
  const reaching = new Map<number, Reaching[]>();
  let from = 0;
  let startedAt = Date.now();
  const vitest = await openTests({
    bail: 0,
    ended(path) {
      const seconds = (Date.now() - startedAt) / 1000;
      startedAt = Date.now();
      const lines = readFileSync(inCopy('reached'), 'utf8').split('\n').slice(from, -1);
      from += lines.length;
      const ids = lines.map((line) => Number(line.split('\t')[1]));
      for (const [id, { length }] of Map.groupBy(ids, (id) => id)) {
        const weight = length / lines.length / (seconds + 0.5);
        reaching.set(id, [...(reaching.get(id) ?? []), { path, weight }]);
      }
    },
  });
  writeFileSync(inCopy('active'), '-1');
  const { testModules } = await vitest.runTestSpecifications(await vitest.globTestSpecifications());
  const unfit = new Set(testModules.filter((module) => module.state() === 'failed').map(({ moduleId }) => moduleId));
  for (const moduleId of unfit)
    console.log(`fails without a mutant, so it is not counted: ${relative(copy, moduleId)}`);
  await vitest.close();
  for (const [id, files] of reaching) {
    const fit = files.filter(({ path }) => !unfit.has(path));
    reaching.set(
      id,
      fit.toSorted((a, b) => b.weight - a.weight),
    );
  }
  return reaching;
}

function isEquivalent({ file, name }: Mutant): boolean {
  return equivalents.some((each) => each.file === file && each.mutant === name);
}

/** Runs these mutants, first all with their likeliest files, then those that are left with the others. */
async function run(filesOf: (id: number) => readonly string[]): Promise<Map<number, Outcome>> {
  const vitest = await openTests({ bail: 1, ended: () => watchdog.restart() });
  const all = Map.groupBy(await vitest.globTestSpecifications(), ({ moduleId }) => moduleId);
  const outcomes = new Map<number, Outcome>();
  const rounds = [(id: number) => filesOf(id).slice(0, FIRST_FILES), (id: number) => filesOf(id).slice(FIRST_FILES)];
  for (const [round, files] of rounds.entries()) {
    for (const [id, mutant] of mutants) {
      if (only?.includes(id) === false || isEquivalent(mutant) || outcomes.get(id)?.killer !== undefined) continue;
      const startedAt = Date.now();
      const killer =
        (await killerOf(
          vitest,
          id,
          files(id).flatMap((path) => all.get(path) ?? []),
        )) ?? (changesDocs(id) ? 'the docs would change' : undefined);
      outcomes.set(id, { killer });
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      console.log(
        `${id} ${mutant.file}:${mutant.line} ${mutant.name}\n  ${seconds} s, round ${round + 1}: ${killer ?? 'SURVIVED'}`,
      );
    }
  }
  await vitest.close();
  return outcomes;
}

/** A row for each group, and the score of all in percent. Equivalent mutants are in no score. */
function score(outcomes: ReadonlyMap<number, Outcome>, title: string, groupOf: (mutant: Mutant) => string): number {
  const percent = (killed: number, of: number) => (of === 0 ? '–' : `${((100 * killed) / of).toFixed(0)} %`);
  const row = (name: string, members: readonly [number, Mutant][]) => {
    const counted = members.filter(([, mutant]) => !isEquivalent(mutant));
    const killed = counted.filter(([id]) => outcomes.get(id)?.killer !== undefined);
    const cells = [
      name,
      members.length,
      members.length - counted.length,
      killed.length,
      percent(killed.length, counted.length),
    ];
    console.log(`| ${cells.join(' | ')} |`);
    return (100 * killed.length) / counted.length;
  };
  console.log(`\n| ${title} | mutants | equivalent | killed | score |\n| --- | ---: | ---: | ---: | ---: |`);
  for (const [name, members] of Map.groupBy(mutants, ([, mutant]) => groupOf(mutant))) row(name, members);
  return row('all', [...mutants]);
}

const tests = options.tests?.split(',').map((path) => join(copy, path));
if (tests !== undefined) {
  await run(() => tests);
} else {
  const reaching = await reachingFiles();
  const outcomes = await run((id) => (reaching.get(id) ?? []).map(({ path }) => path));
  score(outcomes, 'kind', ({ operator }) => operator);
  const total = score(outcomes, 'folder', folderOf);
  process.exitCode = total >= LEAST_SCORE ? 0 : 1;
}
process.exit();
