import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests of the files in `deploy`: `npm run test:deploy`. They need kubectl, haproxy and promtool. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/deploy/**/*.test.ts'],
    globalSetup: 'test/deploy/support/requirePrograms.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
