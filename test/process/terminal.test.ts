import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { EVENTS_TOKEN } from '../support/events.ts';
import { test } from './support/fixture.ts';

const README = readFileSync('README.md', 'utf8');
const [asked = '', askedWithCredentials = ''] = linesWithCurl(README);
const [, banner = ''] = /You see:\n\n```\n(.*?)```/s.exec(README) ?? [];
const [, answer = ''] = /curl .*?```\n\n```json\n(.*?)```/s.exec(README) ?? [];

/** The blocks of shell of a page that call the gateway. */
function linesWithCurl(text: string): string[] {
  return [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, lines = '']) => (lines.includes('curl ') ? lines : []));
}

/** The output of a shell for lines of a page, with the address of this gateway instead of the page's. */
async function paste(lines: string, url: string, env: Record<string, string> = {}): Promise<string> {
  const elsewhere = lines.replaceAll('http://localhost:4000', new URL(url).origin);
  return (await promisify(execFile)('sh', ['-c', elsewhere], { env: { ...process.env, ...env } })).stdout;
}

describe("The README's lines for a terminal", () => {
  test("fetch a customer's promotions from the sandbox", async ({ startGatewayProgram }) => {
    const { url } = await startGatewayProgram();
    expect(await paste(asked, url)).toBe(answer.trim());
  });

  test('show what npm start prints', async ({ startGatewayProgram }) => {
    const { url, program } = await startGatewayProgram({ LOG_FORMAT: 'pretty' });
    const [, sandbox = ''] = /sandbox at (\S+)/.exec(program.output()) ?? [];
    const printed = program.output().replaceAll(url, 'http://localhost:4000/graphql');
    expect(printed.trim()).toBe(banner.trim().replace('http://127.0.0.1:34567', sandbox));
  });

  test('make a Basic credential from user and password, as upstream requires', async ({
    startGatewayProgram,
    upstream,
  }) => {
    const { url } = await startGatewayProgram({ UPSTREAM_URL: upstream.url });
    const { errors } = JSON.parse(await paste(askedWithCredentials, url));
    expect(errors).toBeUndefined();
    const digest = createHash('md5').update('my-password').digest('hex');
    expect(upstream.calls.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${Buffer.from(`my-user:${digest}`).toString('base64')}`,
    ]);
  });
});

test('The event of docs/caching.md is accepted', async ({ startGatewayProgram }) => {
  const { url } = await startGatewayProgram({ CACHE_TTL_SECONDS: '60', EVENTS_TOKEN });
  const [event = ''] = linesWithCurl(readFileSync('docs/caching.md', 'utf8'));
  expect(await paste(event, url, { EVENTS_TOKEN })).toMatch(/^HTTP\/1.1 202 /);
});
