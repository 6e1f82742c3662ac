import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Without start.ts, the gateway is expected at its default port; start.ts names the one that it started. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { proxy: { '/graphql': 'http://127.0.0.1:4000' } },
});
