// The entry is JavaScript, and the rest is loaded once the compile cache is on: but for the very first start, Node then
// neither compiles the program nor loads its TypeScript reader, which halves the time to the first answer.
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Older ones would end with a syntax error.
const OLDEST_NODE = '22.19';
const [major, minor] = process.versions.node.split('.').map(Number);
const [oldestMajor, oldestMinor] = OLDEST_NODE.split('.').map(Number);
if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  console.error(
    `The gateway needs Node ${OLDEST_NODE} or newer, and this is ${process.versions.node}. Install a newer one.`,
  );
  process.exit(1);
}

module.enableCompileCache();
await import('./start/main.ts');
// V8 waits for thousands of calls before it optimises a function in full. With hundreds, a new instance is at full speed
// after some 3,500 requests instead of 11,000. A V8 without this flag says so and goes on.
setFlagsFromString('--invocation-count-for-turbofan=300');
