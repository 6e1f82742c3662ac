import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';

// Writes the program with its dependencies to `dist/gateway.js`, the sandbox alone to `dist/sandbox.js` and, for what is loaded only if it is on, `dist/chunks/`.
// It is not minified, so that a stack trace and a profile can be read.
rmSync(new URL('../dist/chunks', import.meta.url), { recursive: true, force: true });
const bundle = await build({
  configFile: false,
  logLevel: 'warn',
  ssr: { target: 'node', noExternal: true },
  // Apollo Server looks for Node's hashes by `module.require`, which a bundle has not. Its own in JavaScript cost 3 % of a large operation.
  define: { 'module.require': 'process.getBuiltinModule' },
  // `graphql` and `graphql/execution/…` in the form that Node loads: a second graphql-js would not know the types of the first.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  build: {
    ssr: true,
    outDir: fileURLToPath(new URL('../dist', import.meta.url)),
    emptyOutDir: false,
    minify: false,
    target: 'node22',
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        gateway: fileURLToPath(new URL('../src/main.js', import.meta.url)),
        sandbox: fileURLToPath(new URL('../src/sandbox/standalone.ts', import.meta.url)),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
    },
  },
});

const { output } = bundle as Rolldown.RolldownOutput;
const modules = output.flatMap((part) => (part.type === 'chunk' ? Object.keys(part.modules) : []));
const names = modules.map((id) => id.replace(/\.[cm]?js$/, ''));
const twice = names.filter((name, at) => names.indexOf(name) !== at);
if (twice.length > 0) throw new Error(`These modules are in the bundle twice: ${twice.join(', ')}`);
