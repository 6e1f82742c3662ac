import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests in a real browser: `npm run test:browser`. They need Debian's `chromium`. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: 'test/browser/support/requireChromium.ts',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
