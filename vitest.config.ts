import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The tests of a folder of `test/`: `vitest run --project NAME`. */
function project(name: string, test: TestProjectInlineConfiguration['test'] = {}): TestProjectInlineConfiguration {
  return { extends: true, test: { name, include: [`test/${name}/**/*.test.ts`], ...test } };
}

// Files share a process, which imports the gateway once. So tests must leave nothing behind (timers, environment, sockets).
const SHARED = { isolate: false };
const ONE_AT_A_TIME = { fileParallelism: false };

/** A clone knows no durations, so vitest begins with the largest files. This small one takes longer than any other beside it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith('/call-budget-outage.test.ts');
    return (await super.sort(files)).toSorted((a, b) => Number(isLongest(b)) - Number(isLongest(a)));
  }
}

export default defineConfig({
  // Use the file that Node loads. graphql's `module` entry would be a second copy in addition to Apollo Server's.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    // The first test of a file starts what all its tests share, such as a supergraph with two routers.
    // A busy machine takes a minute for what a free one does in ten seconds.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    expect: { poll: { timeout: 10_000 } },
    // Of what runs in the tests' own process: programs that tests start are not seen.
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'html'],
      include: ['src/**/*.ts'],
      exclude: ['src/playground/**', 'src/sandbox/**', 'src/graphql/generated.ts'],
      thresholds: { lines: 92, branches: 88 },
    },
    projects: [
      project('unit', SHARED),
      project('integration', SHARED),
      // The gateway's program, and the sandbox's, in processes of their own.
      project('process'),
      // Programs that the image has not, and parts of the gateway in processes of their own.
      project('programs'),
      project('oracle', SHARED),
      project('federation', SHARED),
      // The tests of `process` on what `npm run build` writes and the image runs.
      project('bundle', {
        include: ['test/process/**/*.test.ts'],
        env: { GATEWAY_PROGRAM: 'dist/gateway.js', SANDBOX_PROGRAM: 'dist/sandbox.js' },
      }),
      // These need programs of the system. A missing one is named at the start.
      // A cluster takes half a minute to form and to elect a new master, longer on a busy machine.
      project('redis', {
        globalSetup: 'test/redis/support/requireRedis.ts',
        testTimeout: 180_000,
        hookTimeout: 180_000,
      }),
      project('network', { ...ONE_AT_A_TIME, globalSetup: 'test/network/support/requirePrograms.ts' }),
      project('deploy', { globalSetup: 'test/deploy/support/requirePrograms.ts' }),
      project('monitoring', {
        ...ONE_AT_A_TIME,
        globalSetup: 'test/monitoring/support/requirePrometheus.ts',
        // All faults are caused at the same time.
        maxConcurrency: 20,
      }),
      project('rolling', {
        ...ONE_AT_A_TIME,
        globalSetup: 'test/rolling/support/requireProxies.ts',
        testTimeout: 300_000,
      }),
      project('load', ONE_AT_A_TIME),
      project('browser', { ...ONE_AT_A_TIME, globalSetup: 'test/browser/support/requireChromium.ts' }),
    ],
  },
});
