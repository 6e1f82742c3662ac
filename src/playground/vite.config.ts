import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const OUT = fileURLToPath(new URL('../../dist/playground', import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative to the page, since a proxy may serve the gateway at another path.
  base: './',
  plugins: [react(), { name: 'compress', closeBundle: compressFiles }],
  logLevel: 'warn',
  worker: { format: 'es' },
  build: {
    outDir: OUT,
    emptyOutDir: true,
    assetsDir: 'playground',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 10_000,
    target: 'es2022',
    // GraphiQL names its icons by the names of functions. The directives are for React's compiler, which is not used here.
    rolldownOptions: { output: { keepNames: true }, checks: { moduleLevelDirective: false } },
  },
});

/** Writes each script, style and font compressed beside itself. The server sends what the browser accepts. */
async function compressFiles(): Promise<void> {
  for (const name of await readdir(`${OUT}/playground`)) {
    const content = await readFile(`${OUT}/playground/${name}`);
    await writeFile(`${OUT}/playground/${name}.br`, brotliCompressSync(content));
    await writeFile(`${OUT}/playground/${name}.gz`, gzipSync(content));
  }
}
