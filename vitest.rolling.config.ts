import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Restarts behind load balancers: `npm run test:rolling`. They need haproxy and nginx. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/rolling/**/*.test.ts'],
    globalSetup: 'test/rolling/support/requireProxies.ts',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
