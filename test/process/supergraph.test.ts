import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/gateway.ts';
import { type Program, startProgram } from '../support/process.ts';

let supergraph: Program;
let url: string;
beforeAll(async () => {
  supergraph = startProgram('examples/supergraph/start.ts', { PORT: '0' });
  url = (await supergraph.printed(/Supergraph\s+(http:\/\/\S+)/))[1] ?? '';
});
afterAll(() => supergraph.stop('SIGKILL'));

describe('npm run supergraph', () => {
  test('says where everything is, and each port answers', async () => {
    const ports = [...supergraph.output().matchAll(/(promotions|accounts|members|content)\s+(http:\S+)/g)];
    expect(ports.map(([, name]) => name)).toEqual(['promotions', 'accounts', 'members', 'content']);
    for (const [, , each = ''] of ports) expect((await fetch(each)).status).toBe(400);
  });

  test('answers the query that it prints', async () => {
    const query = /^\{.*\}$/m.exec(supergraph.output())?.[0] ?? '';
    const { data, errors } = await ask(url, query, { headers: {} });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      accounts: [
        {
          email: 'sample@example.com',
          loyalty: {
            id: '347297848',
            memberSince: '2019-05-04',
            promotions: { items: [{ name: 'Award50', banner: { headline: 'Fifty points for every purchase' } }] },
          },
        },
      ],
    });
  });

  test('shows browsers the playground', async () => {
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<script type="module"');
  });

  test('ends with 0 on Ctrl-C, its ports free', async () => {
    expect(await supergraph.stop('SIGINT')).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });
});
