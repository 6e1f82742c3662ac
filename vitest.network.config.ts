import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests with a real proxy and with generated certificates: `npm run test:network`. They need Debian's `tinyproxy` and `openssl`. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/network/**/*.test.ts'],
    globalSetup: 'test/network/support/requirePrograms.ts',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
