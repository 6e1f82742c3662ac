import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { ask, customer } from '../support/gateway.ts';
import { GATEWAY_PROGRAM, startProgram, whenServing } from '../support/process.ts';
import { someone } from '../support/questions.ts';
import { inspectHeap } from './support/inspectHeap.ts';

/** So little room for new objects, in MB, that V8 collects them often. */
const SEMI_SPACE = 4;
const MEASURED = 4000;

// What survives a small collection is copied by it, and stays until a full one if it survives two. Something always does: what
// is in use at the time.
test.for([
  { what: 'a response from the cache', mobile: () => '917406400033', mostBytes: 4_000 },
  { what: 'an operation with a call', mobile: someone, mostBytes: 20_000 },
])(
  'What $what leaves is collected with the new objects',
  async ({ mobile, mostBytes }, { upstream, onTestFinished }) => {
    const { program, url } = await whenServing(
      startProgram(
        GATEWAY_PROGRAM,
        {
          PORT: '0',
          UPSTREAM_URL: upstream.url,
          UPSTREAM_REQUESTS_PER_MINUTE: '100000',
          RATE_LIMIT_PER_MINUTE: '100000',
          CACHE_TTL_SECONDS: '600',
          LOG_FORMAT: 'json',
        },
        [],
        [process.execPath, `--max-semi-space-size=${SEMI_SPACE}`, '--inspect=127.0.0.1:0'],
      ),
    );
    onTestFinished(async () => void (await program.stop('SIGKILL')));
    const send = async (count: number) => {
      let sent = 0;
      const sendOneByOne = async () => {
        while (sent++ < count) {
          const { errors } = await ask(url, `{ ${customer('customerId', mobile())} }`);
          expect(errors).toBeUndefined();
        }
      };
      await Promise.all(Array.from({ length: 4 }, sendOneByOne));
    };
    await send(1000);
    const heap = await inspectHeap(program);
    await heap.startSampling();
    await send(MEASURED);
    expect((await heap.survivingBytes()) / MEASURED).toBeLessThan(mostBytes);
  },
);
