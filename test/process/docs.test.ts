import { exec } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { composeServices } from '@apollo/composition';
import { parse, validate } from 'graphql';
import { expect } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
import { SANDBOX_CUSTOMERS } from '../../src/sandbox/customers.ts';
import * as causes from '../../src/upstream/causes.ts';
import { ask } from '../support/gateway.ts';
import { startGatewayProgram } from '../support/process.ts';
import { testWith } from './support/fixture.ts';

const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'],
  ...readdirSync('docs').map((name) => `docs/${name}`),
].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

function page(path: string): string {
  return PAGES.find((each) => each.path === path)?.text ?? '';
}

/** The cells of each row of all tables under this header line. */
function table(text: string, header: string): string[][] {
  return text
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

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** The gateway in front of its sandbox. */
const test = testWith(startGatewayProgram);

const examples = PAGES.flatMap(({ path, text }) =>
  [...text.matchAll(/```graphql\n(.*?)```\s+```json\n(.*?)```/gs)].map(([, query = '', answer = '']) => ({
    path,
    query,
    answer,
  })),
);

test('The pages have examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(6);
});

test.for(examples)('The gateway executes the example of $path: $query', async ({ query, answer }, { started }) => {
  const { text } = await ask(started.url, query, { headers: {} });
  const expected = JSON.parse(answer.replace(/"requestId": ".*?"/, '"requestId": "any"'));
  expect(JSON.parse(text.replace(/"requestId":".*?"/, '"requestId":"any"'))).toEqual(expected);
});

test('The command of docs/federation.md that writes the SDL writes a subgraph that composes', async () => {
  const [, command = ''] = /`(npm run \S+ schema) > promotions\.graphql`/.exec(page('docs/federation.md')) ?? [];
  const { stdout } = await promisify(exec)(command);
  const { errors, schema } = composeServices([{ name: 'promotions', typeDefs: parse(stdout) }]);
  expect(errors).toBeUndefined();
  expect(schema?.type('Customer')).toBeDefined();
});

test('The command that writes the SDL exits with 1 and one line for an option that it does not have', async () => {
  const failure = await promisify(exec)('node src/graphql/printSchema.ts --clients').catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 1,
    stdout: '',
    stderr: '"--clients" is not an option. Use --client, or none.\n',
  });
});

test('Every query in the pages is valid', () => {
  const schema = buildGatewaySchema();
  for (const { text } of PAGES)
    for (const [, query = ''] of text.matchAll(/```graphql\n(.*?)```/gs))
      expect(validate(schema, parse(query))).toEqual([]);
});

test('Every piece of SDL in the pages parses', () => {
  for (const { text } of PAGES) for (const [, sdl = ''] of text.matchAll(/```graphqls\n(.*?)```/gs)) parse(sdl);
});

test('The bounds in the descriptions of arguments are the defaults of the settings', () => {
  const { limits } = parseConfig({});
  const bounds = [
    ['At most', 'MAX_CUSTOMERS', limits.maxCustomers],
    ['From 0 to', 'MAX_PROMOTIONS', limits.maxPromotions],
    ['at most', 'MAX_UPSTREAM_CALLS', limits.maxUpstreamCalls],
  ] as const;
  for (const [words, name, bound] of bounds) {
    const written = [
      ...page('docs/api.md').matchAll(new RegExp(`${words} (\\d+)[^.]*, unless \`${name}\` is set`, 'g')),
    ];
    expect([name, ...new Set(written.map(([, number]) => Number(number)))]).toEqual([name, bound]);
  }
});

test('Every link between pages leads to a file, and to a heading in it', () => {
  const broken = PAGES.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:\]\(|src=")(?!https?:)([^)"#]*)(?:#([^)"]*))?[)"]/g)]
      .filter(([, file = '', anchor]) => {
        const target = file === '' ? path : join(dirname(path), file);
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
      })
      .map(([link]) => `${path}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('Every alert names its entry in docs/runbook.md, and every entry is of an alert', () => {
  const { groups } = parseYaml(readFileSync('deploy/monitoring/alerts.yaml', 'utf8')) as {
    groups: { rules: { alert: string; annotations: { runbook: string } }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  const entries = [...page('docs/runbook.md').matchAll(/^## (\w+)$/gm)].map(([, name = '']) => name);
  expect(entries.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  for (const { alert, annotations } of rules)
    expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
});

test('Every file that a page names in the project exists', () => {
  const missing = PAGES.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:src|test|deploy|examples|bench)\/[\w./-]+\.\w+)`/g)]
      .filter(([, file = '']) => !existsSync(file))
      .map(([, file]) => `${path}: ${file}`),
  );
  expect(missing).toEqual([]);
});

test('The pages name only npm scripts that exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const unknown = PAGES.flatMap(({ path, text }) =>
    [...text.matchAll(/npm run ([\w:]+)/g)]
      .filter(([, name = '']) => !(name in scripts))
      .map(([use]) => `${path}: ${use}`),
  );
  expect(unknown).toEqual([]);
});

test('The npm scripts use nothing of a shell but &&, so any shell runs them', () => {
  for (const folder of ['.', 'bench']) {
    const { scripts = {} } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
      scripts?: Record<string, string>;
    };
    const others = Object.values(scripts).filter((script) => !/^[\w@./:=-]+( [\w@./:=-]+| &&)*$/.test(script));
    expect(others).toEqual([]);
    expect(Object.values(scripts).filter((script) => /(^|&& )(exec|export|\w+=)/.test(script))).toEqual([]);
  }
});

test('The newest release in CHANGELOG.md is the version of package.json', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(/^## (\S+) \(\d{4}-\d{2}-\d{2}\)$/m.exec(page('CHANGELOG.md'))?.[1]).toBe(version);
});

test('docs/operating.md lists every debug extension with its members, and no other', async ({ started }) => {
  const query = '{ customer(identifier: { name: ID, value: "347297848" }, source: ALL) { customerId } }';
  const { extensions } = await ask(started.url, query, { headers: { 'x-gateway-debug': 'true' } });
  const namesIn = (cell = '') => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  const listed = table(page('docs/operating.md'), '| extension | members |').map(([name, members]) => [
    ...namesIn(name),
    ...namesIn(members),
  ]);
  expect(listed).toEqual(
    Object.entries(extensions).map(([name, members]) => [name, ...Object.keys(members as object)]),
  );
});

/** Each way to write a cause with a number or a type in it, as docs/troubleshooting.md shows it. */
const WRITTEN: Readonly<Record<Exclude<keyof typeof causes, 'causeOf'>, string>> = {
  cutAfter: causes.cutAfter(1234),
  deadlineReached: causes.deadlineReached(8000),
  largerThan: causes.largerThan(5_000_000),
  moreBracketsThan: causes.moreBracketsThan(200_000),
  noJson: causes.noJson('text/html'),
  timedOutAfter: causes.timedOutAfter(3000),
};

test('docs/troubleshooting.md has a row for each cause of a failed call that is a text of our own', () => {
  const sources = readdirSync('src/upstream', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`src/upstream/${name}`, 'utf8'));
  const fixed = sources.flatMap((source) =>
    [
      ...source.matchAll(
        /(?:(?:unusable|unreadableResponse|failed|AccountRefusals)\([^()']*|missing: |NO_PAGE = )'([^']+)'/g,
      ),
    ].map(([, cause = '']) => cause),
  );
  expect(fixed).toContain('cannot be unpacked');
  const rows = page('docs/troubleshooting.md')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const missing = [...fixed, ...Object.values(WRITTEN)].filter(
    (cause) => !rows.some((row) => row.includes(`\`${cause}\``)),
  );
  expect(missing).toEqual([]);
});

test('The README lists exactly the customers of the sandbox', () => {
  expect(table(page('README.md'), '| mobile | id | e-mail | external id | answers |')).toEqual(
    SANDBOX_CUSTOMERS.map(({ mobile, id, email, externalId, shows }) => [mobile, String(id), email, externalId, shows]),
  );
});
