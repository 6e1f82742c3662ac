import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Metrics, alerts and dashboard with a real Prometheus: `npm run test:monitoring`. They need prometheus and promtool. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/monitoring/**/*.test.ts'],
    globalSetup: 'test/monitoring/support/requirePrometheus.ts',
    fileParallelism: false,
    // All faults are caused at the same time.
    maxConcurrency: 20,
    testTimeout: 110_000,
    hookTimeout: 60_000,
  },
});
