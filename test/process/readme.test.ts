import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VARIABLES } from '../../src/config/config.ts';
import { catalogue } from '../../src/model/errors.ts';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';
import { ask } from '../support/gateway.ts';
import { type Program, startProgram } from '../support/process.ts';

const README = readFileSync('README.md', 'utf8');
const CONFIGURATION = readFileSync('docs/configuration.md', 'utf8');

/** The cells of each row of all tables under this header line. */
function table(page: string, header: string): string[][] {
  return page
    .split(`${header}\n`)
    .slice(1)
    .flatMap((body) => {
      const rows = body.split('\n').slice(1);
      const end = rows.findIndex((row) => !row.startsWith('|'));
      return rows.slice(0, end).map((row) =>
        row
          .slice(1, -1)
          .split(/(?<!\\)\|/)
          .map((cell) => cell.trim()),
      );
    });
}

let gateway: Program;
let url: string;
beforeAll(async () => {
  gateway = startProgram('src/main.js', { PORT: '0' });
  url = (await gateway.printed(/GraphQL\s+(http:\/\/\S+)/))[1] ?? '';
});
afterAll(() => gateway.stop());

describe('The README', () => {
  const examples = [...README.matchAll(/```graphql\n(.*?)```\s+```json\n(.*?)```/gs)].map(
    ([, query = '', answer = '']) => ({
      query,
      answer,
    }),
  );

  test('has examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  test.each(examples)('answers $query', async ({ query, answer }) => {
    const { text } = await ask(url, query, { headers: {} });
    const expected = JSON.parse(answer.replace(/"requestId": ".*?"/, '"requestId": "any"'));
    expect(JSON.parse(text.replace(/"requestId":".*?"/, '"requestId":"any"'))).toEqual(expected);
  });

  test('tells every variable of the configuration with its default, and no other', () => {
    const told = Object.fromEntries(
      table(CONFIGURATION, '| variable | default | what it does |').map(([name, value]) => [name, value]),
    );
    const real = Object.entries(VARIABLES).map(([name, field]) => {
      const { data } = field.safeParse(undefined);
      return [`\`${name}\``, data === undefined ? '–' : `\`${data}\``];
    });
    expect(told).toEqual(Object.fromEntries(real));
  });

  test('tells every error code, and no other', () => {
    const told = table(README, '| code | when |').map(([code]) => code);
    expect(told).toEqual([...catalogue().keys()].map((code) => `\`${code}\``));
  });

  test('tells every customer of the sandbox, and no other', () => {
    expect(table(README, '| mobile | id | e-mail | external id | answers |')).toEqual(
      SANDBOX_CUSTOMERS.map(({ mobile, id, email, externalId, shows }) => [
        mobile,
        String(id),
        email,
        externalId,
        shows,
      ]),
    );
  });

  test('names only commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    for (const [, script = ''] of README.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script]);
  });
});
