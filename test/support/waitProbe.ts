import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { workedMs } from './workedMs.ts';

// A program: `node waitProbe.ts <URL> <headers as JSON> <process>` asks the URL again and again, each time on a new connection,
// until SIGTERM. It prints `asking` after its first response. At its end it prints how many milliseconds the process's main thread
// worked while the slowest of its requests waited. A process that also sends the load would itself wait for a core, and count that.
const [url = '', headers = '{}', pid = ''] = process.argv.slice(2);

async function waitedMs(): Promise<number> {
  const before = workedMs(Number(pid));
  const [response] = await once(get(url, { agent: false, headers: JSON.parse(headers) }), 'response');
  await text(response);
  return workedMs(Number(pid)) - before;
}

let asking = true;
process.on('SIGTERM', () => {
  asking = false;
});
let slowest = await waitedMs();
console.log('asking');
while (asking) slowest = Math.max(slowest, await waitedMs());
console.log(`slowest ${slowest}`);
