import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative to the page, since a proxy may serve the gateway at another path.
  base: './',
  plugins: [react()],
  logLevel: 'warn',
  worker: { format: 'es' },
  build: {
    outDir: fileURLToPath(new URL('../../dist/playground', import.meta.url)),
    emptyOutDir: true,
    assetsDir: 'playground',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 10_000,
    reportCompressedSize: false,
    target: 'es2022',
    // These directives are for React's compiler, which is not used here.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
