import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { VARIABLES } from '../../src/config/variables.ts';
import { catalogue } from '../../src/model/errors.ts';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';
import { ask } from '../support/gateway.ts';
import { startGatewayProgram } from '../support/process.ts';
import { testWith } from './support/fixture.ts';

const README = readFileSync('README.md', 'utf8');
const SCHEMA = readFileSync('docs/schema.md', 'utf8');
const CONFIGURATION = readFileSync('docs/configuration.md', 'utf8');
const ERRORS = readFileSync('docs/errors.md', 'utf8');

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

/** The gateway in front of its sandbox. */
const test = testWith(startGatewayProgram);

const examples = [...`${README}${SCHEMA}`.matchAll(/```graphql\n(.*?)```\s+```json\n(.*?)```/gs)].map(
  ([, query = '', answer = '']) => ({
    query,
    answer,
  }),
);

test('README and docs/schema.md have examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
});

test.for(examples)('The gateway answers the example $query', async ({ query, answer }, { started }) => {
  const { text } = await ask(started.url, query, { headers: {} });
  const expected = JSON.parse(answer.replace(/"requestId": ".*?"/, '"requestId": "any"'));
  expect(JSON.parse(text.replace(/"requestId":".*?"/, '"requestId":"any"'))).toEqual(expected);
});

test('docs/configuration.md lists every variable with its default, and no other', () => {
  const listed = Object.fromEntries(
    table(CONFIGURATION, '| variable | default | what it does |').map(([name, value]) => [name, value]),
  );
  const real = Object.entries(VARIABLES).map(([name, field]) => {
    const { data } = field.safeParse(undefined);
    return [`\`${name}\``, data === undefined ? '–' : `\`${data}\``];
  });
  expect(listed).toEqual(Object.fromEntries(real));
});

test('docs/errors.md lists every error code, and no other', () => {
  const listed = table(ERRORS, '| code | when | what to do |').map(([code]) => code);
  expect(listed).toEqual([...catalogue().keys()].map((code) => `\`${code}\``));
});

test('The README lists every customer of the sandbox, and no other', () => {
  expect(table(README, '| mobile | id | e-mail | external id | answers |')).toEqual(
    SANDBOX_CUSTOMERS.map(({ mobile, id, email, externalId, shows }) => [mobile, String(id), email, externalId, shows]),
  );
});

test('The README names only commands that exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  for (const [, script = ''] of README.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script]);
});
