import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The file that Node takes: graphql's `module` entry would be a second copy of it beside the one Apollo Server loads.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    // The first test of a file starts what the file's tests share, a supergraph with two routers for instance.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      // Files share a process, which imports the gateway once: tests leave nothing behind (timers, environment, sockets).
      { extends: true, test: { name: 'shared', include: ['test/{unit,integration}/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'isolated', include: ['test/{process,federation}/**/*.test.ts'] } },
    ],
  },
});
