import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { test } from './support/fixture.ts';

const README = readFileSync('README.md', 'utf8');
const [asked = '', askedWithCredentials = ''] = [...README.matchAll(/```sh\n(.*?)```/gs)]
  .map(([, lines = '']) => lines)
  .filter((lines) => lines.includes('curl '));

/** What a shell prints for lines of the README, as pasted but for where the gateway listens. */
async function paste(lines: string, url: string): Promise<string> {
  const elsewhere = lines.replaceAll('http://localhost:4000/graphql', url);
  return (await promisify(execFile)('sh', ['-c', elsewhere])).stdout;
}

describe("The README's lines for a terminal", () => {
  test("ask the sandbox for a customer's promotions", async ({ startGatewayProgram }) => {
    const { url } = await startGatewayProgram();
    expect(JSON.parse(await paste(asked, url))).toEqual({
      data: { customer: { id: '347297848', promotions: { items: [{ name: 'Award50' }] } } },
    });
  });

  test('make a Basic credential from user and password, as upstream wants it', async ({
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
