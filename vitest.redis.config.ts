import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests with a real Redis: `npm run test:redis`. They need Debian's `redis-server`, `redis-sentinel` and `openssl`. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/redis/**/*.test.ts'],
    globalSetup: 'test/redis/support/requireRedis.ts',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
