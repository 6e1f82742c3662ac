import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** More load than upstream can handle: `npm run test:load`. It takes a minute and a half. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/load/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
