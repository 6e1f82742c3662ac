import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ask, customer } from '../support/gateway.ts';
import { runFirst } from '../support/process.ts';
import { firstError, outcomeOf, someone } from '../support/questions.ts';
import { json, pageBody, type Reply } from '../support/upstream.ts';
import { test } from './support/fixture.ts';

const MB = 1_000_000;
const STALLED = 40;

/** Half of a response of 2 MB, and then nothing. */
const halfway: Reply = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 * MB });
  response.write(Buffer.alloc(MB, ' '));
};

test("Upstream's responses that stop halfway hold a sixteenth of the heap's limit, and give way to those that come", async ({
  upstream,
  startGatewayProgram,
}) => {
  const large = pageBody(1, 0, 1);
  const [promotion] = large.promotions;
  upstream.reply(json({ ...large, promotions: [{ ...promotion, description: 'x'.repeat(4 * MB) }] }));
  const { url, program } = await startGatewayProgram({
    UPSTREAM_URL: upstream.url,
    LOG_FORMAT: 'json',
    UPSTREAM_TIMEOUT_MS: '600000',
    UPSTREAM_DEADLINE_MS: '600000',
    // A sixteenth of the limit is then 17 MB.
    NODE_OPTIONS: '--max-old-space-size=64',
  });
  // A busy machine would make the event loop lag, which refuses operations before they call.
  runFirst(program.child);
  const askOne = (value: string) => ask(url, `{ ${customer('promotions { items { id } }', value)} }`);
  const refused = new Set<string>();
  let count = 0;
  const leaving = new AbortController();
  for (let i = 0; i < STALLED; i++) {
    const value = someone();
    upstream.on(value, halfway);
    const { signal } = leaving;
    const askFor = (): Promise<void> =>
      ask(url, `{ ${customer('customerId', value)} }`, { signal }).then(
        (answer) => {
          const { code, retryAfterSeconds } = firstError(answer) ?? {};
          // The gateway got too little CPU and made no call.
          if (code === 'OVERLOADED') return askFor();
          count++;
          refused.add(`${code}, retry after ${retryAfterSeconds} s`);
          return undefined;
        },
        () => {},
      );
    void askFor();
  }
  await eventually(
    'refused calls',
    () => count,
    (length) => length >= STALLED - 17,
  );
  // None gives way in its first 250 ms.
  await eventually('the outcome of a new call', async () => outcomeOf(await askOne(someone())), 'OK');
  for (let i = 0; i < 5; i++) expect(outcomeOf(await askOne(someone()))).toBe('OK');
  expect([...refused]).toEqual(['UPSTREAM_OVERLOADED, retry after 1 s']);
  expect(program.output()).toContain('"cause":"upstream bytes held"');
  leaving.abort();
});
