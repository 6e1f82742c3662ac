import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/**
 * More load than upstream can handle: `npm run test:load`. It takes two minutes. It measures how long responses take,
 * so a test that failed while the machine was busy with something else is run once more.
 */
export default defineConfig({
  ...base,
  test: {
    include: ['test/load/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    retry: 1,
    hookTimeout: 60_000,
  },
});
