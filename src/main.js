// The entry is JavaScript, and the rest is loaded once the compile cache is on: but for the very first start, Node then
// neither compiles the program nor loads its TypeScript reader, which halves the time to the first answer.
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./start.ts');
