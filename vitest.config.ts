import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Use the file that Node loads. graphql's `module` entry would be a second copy in addition to Apollo Server's.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    // The first test of a file starts what all its tests share, such as a supergraph with two routers.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      // Files share a process, which imports the gateway once. So tests must leave nothing behind (timers, environment, sockets).
      { extends: true, test: { name: 'shared', include: ['test/{unit,integration}/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'isolated', include: ['test/{process,federation}/**/*.test.ts'] } },
    ],
  },
});
