import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { expect } from 'vitest';
import { logUnhandledError } from '../../src/telemetry/logLines.ts';
import { API_KEY_CALLERS, SHOP } from '../support/credentials.ts';
import { test } from '../support/fixture.ts';
import { customer } from '../support/gateway.ts';
import { jwtAuthentication } from '../support/identityProvider.ts';
import { collectLogs, type LogLine } from '../support/logs.ts';
import { type DocumentedLine, documentedLines, documentedMembers } from '../support/operatingPage.ts';
import { askEach, askOne, someone } from '../support/questions.ts';
import { errorBody, json, pages } from '../support/upstream.ts';

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };
const IN_EVERY_LINE = ['time', 'level', 'msg'];

/** The lines in the form of the page: for each message, its level and all its members. */
function shownBy(lines: readonly LogLine[]): DocumentedLine[] {
  return [...Map.groupBy(lines, ({ msg }) => String(msg))].map(([msg, same]) => {
    const members = new Set(same.flatMap((line) => Object.keys(line)));
    for (const each of IN_EVERY_LINE) expect(members.delete(each)).toBe(true);
    return { msg, level: [...new Set(same.map(({ level }) => LEVELS[Number(level)]))].join(), members: [...members] };
  });
}

/** The page's entries for these messages, in the order of `shown`. */
function expectDocumented(shown: readonly DocumentedLine[], ...messages: readonly string[]): void {
  const sorted = (lines: readonly DocumentedLine[]) =>
    lines
      .map(({ members, ...line }) => ({ ...line, members: members.toSorted() }))
      .toSorted((a, b) => a.msg.localeCompare(b.msg));
  expect(sorted(shown)).toEqual(sorted(documentedLines().filter(({ msg }) => messages.includes(msg))));
  expect(shown).toHaveLength(messages.length);
}

test('docs/operating.md lists exactly the log lines that the code writes', () => {
  const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join('src', path), 'utf8'))
    .join('');
  const written = [...source.matchAll(/\blogger\.(debug|info|warn|error|fatal)\(([^;]*?'([^']*)',?\s*)\)/g)].map(
    ([, level, , msg]) => `${level} ${msg}`,
  );
  expect(
    documentedLines()
      .map(({ level, msg }) => `${level} ${msg}`)
      .toSorted(),
  ).toEqual(written.toSorted());
});

test('docs/operating.md explains exactly the members of log lines', () => {
  const used = new Set([...IN_EVERY_LINE, ...documentedLines().flatMap(({ members }) => members)]);
  expect(documentedMembers().toSorted()).toEqual([...used].toSorted());
});

test('docs/operating.md lists the members of lines of operations, lookups and circuits', async ({
  startGateway,
  upstream,
  collector,
}) => {
  const gateway = await startGateway({
    ...API_KEY_CALLERS,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    UPSTREAM_RETRIES: '0',
  });
  upstream.reply((call, response) => (call.query.limit === '0' ? errorBody(8101, 400) : pages(1))(call, response));
  await askOne(gateway, undefined, { headers: SHOP });
  upstream.reply(json({ errors: [{ code: 500 }] }, 500, { 'X-Cap-Requestid': 'a1b2' }));
  const headers = { ...SHOP, 'apollographql-client-name': 'till' };
  await gateway.query(`{ ${customer('id', someone())} }`, { headers });
  await askEach(gateway, 20, { headers });
  expectDocumented(
    shownBy(await gateway.logs.operations(22).then(gateway.logs.lines)),
    'operation',
    'upstream call failed',
    'upstream circuit changed',
    'upstream refuses limit=0 (8101), so the gateway now requests limit=1 and ignores the entry',
  );
});

test('docs/operating.md lists the members of lines of dependencies', async ({
  startGateway,
  provider,
  collector,
  time,
}) => {
  const gateway = await startGateway({
    ...jwtAuthentication(provider),
    AUTH_ANY_CUSTOMER_SCOPE: 'any',
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  const headers = { authorization: `Bearer ${await provider.token({ scope: 'any' })}` };
  for (const failing of [true, false]) {
    provider.fail(failing);
    await gateway.query('{ __typename }', { headers });
    // The key set is fetched at most once a second while it fails.
    await time.pass(1001);
  }
  const lines = gateway.logs.lines().filter(({ dependency }) => dependency !== undefined);
  expectDocumented(shownBy(lines), 'dependency is failing', 'dependency call failed', 'dependency works again');
});

test('docs/operating.md lists the members of the line of dropped lines', async () => {
  const program = `
    import { createLogger } from './src/telemetry/logger.ts';
    const logger = createLogger('info', 'json');
    for (let line = 0; line < 20_000; line += 1) logger.info({ filling: 'x'.repeat(500) }, 'line');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = (await textOf(child.stdout)).trim().split('\n');
  const shown = shownBy(lines.map((line) => JSON.parse(line))).filter(({ msg }) => msg !== 'line');
  expectDocumented(shown, 'log lines were dropped because they were not read in time');
});

test('docs/operating.md lists the members of the line of a defect', () => {
  const logs = collectLogs();
  logUnhandledError(logs.logger, new Error('A defect'));
  expectDocumented(shownBy(logs.lines()), 'unhandled error');
});
