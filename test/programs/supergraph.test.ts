import { expect } from 'vitest';
import { testWith } from '../process/support/fixture.ts';
import { ask } from '../support/gateway.ts';
import { startProgram } from '../support/process.ts';

/** The example's supergraph, and its router's address. */
const test = testWith(async () => {
  const program = startProgram('examples/supergraph/start.ts', { PORT: '0' });
  const [, url = ''] = await program.printed(/Supergraph\s+(http:\/\/\S+)/);
  return { program, url };
});

test('The supergraph prints the address of each subgraph, and each responds', async ({ started }) => {
  const subgraphs = [...started.program.output().matchAll(/(promotions|accounts|members|content)\s+(http:\S+)/g)];
  expect(subgraphs.map(([, name]) => name)).toEqual(['promotions', 'accounts', 'members', 'content']);
  for (const [, , url = ''] of subgraphs) expect((await fetch(url)).status).toBe(400);
});

test('The supergraph executes the query that it prints', async ({ started }) => {
  const query = /^\{.*\}$/m.exec(started.program.output())?.[0] ?? '';
  const { data, errors } = await ask(started.url, query, { headers: {} });
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    accounts: [
      {
        email: 'sample@example.com',
        loyalty: {
          customerId: '347297848',
          memberSince: '2019-05-04',
          promotions: { items: [{ name: 'Award50', banner: { headline: 'Fifty points for every purchase' } }] },
        },
      },
    ],
  });
});

test('The supergraph shows browsers the playground', async ({ started }) => {
  const page = await fetch(started.url, { headers: { accept: 'text/html' } });
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain('<script type="module"');
});

test('A second supergraph on the same port exits with one line that names the port', async ({
  started,
  startProgram,
}) => {
  const { port } = new URL(started.url);
  const second = startProgram('examples/supergraph/start.ts', { PORT: port });
  expect(await second.exited).toBe(1);
  expect(second.output()).toBe(`PORT: Another program uses port ${port}. Set PORT to a free port.\n`);
});

test.for<[string, Record<string, string>, string]>([
  [
    'a port that is none',
    { PORT: 'abc' },
    'PORT: "abc" is not a whole number from 0 to 65535. Set one, or unset it.\n',
  ],
  [
    'a setting that its gateway refuses',
    { PORT: '0', CACHE_TTL: '5' },
    'CACHE_TTL: The gateway has no setting of this name. The nearest name is CACHE_TTL_SECONDS. Set that, or unset it.\nThe gateway has stopped. Its message is above.\n',
  ],
])('The supergraph exits with 1 and the message without a stack for %s', async ([, env, message], { startProgram }) => {
  const program = startProgram('examples/supergraph/start.ts', env);
  expect(await program.exited).toBe(1);
  expect(program.output()).toBe(message);
});

test('The supergraph exits with 0 on Ctrl-C and frees its port', async ({ started }) => {
  expect(await started.program.stop('SIGINT')).toBe(0);
  await expect(fetch(started.url)).rejects.toThrow('fetch failed');
});
