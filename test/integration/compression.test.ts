import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { testWith } from '../support/fixture.ts';
import { askOne, firstError, outcomeOf } from '../support/questions.ts';
import { pageBody, type Reply } from '../support/upstream.ts';

const PAGE = JSON.stringify(pageBody(10, 0, 10));

function packed(body: Buffer, encoding: string): Reply {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(body);
  };
}

function inLatin1(description: string): Reply {
  return (_, response) => {
    const body = Buffer.from(JSON.stringify({ ...pageBody(1, 0, 1), description }), 'latin1');
    response.writeHead(200, { 'content-type': 'application/json; charset=iso-8859-1' }).end(body);
  };
}

const limited = testWith({ UPSTREAM_MAX_BYTES: '10000', UPSTREAM_RETRIES: '0' });

limited.for<readonly [string, Reply]>([
  ['gzip', packed(gzipSync(PAGE), 'gzip')],
  ['deflate', packed(deflateSync(PAGE), 'deflate')],
  ['deflate without a header', packed(deflateRawSync(PAGE), 'Deflate')],
  ['br', packed(brotliCompressSync(PAGE), 'br')],
  ['identity', packed(Buffer.from(PAGE), 'identity')],
  ['an empty encoding', packed(Buffer.from(PAGE), '')],
  ['an encoding that is a charset', packed(Buffer.from(PAGE), 'UTF-8')],
  ['gzip without its checksum', packed(gzipSync(PAGE).subarray(0, -8), 'gzip')],
  ['gzip twice', packed(gzipSync(gzipSync(PAGE)), 'gzip, gzip')],
  ['deflate, then gzip', packed(gzipSync(deflateSync(PAGE)), 'deflate, gzip')],
])('A response in %s is read', async ([, reply], { upstream, gateway }) => {
  upstream.reply(reply);
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(upstream.calls[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
});

const BOMB = JSON.stringify({ ...pageBody(1, 0, 1), filler: ' '.repeat(20_000_000) });

limited.for<readonly [string, Reply, string]>([
  ['that unpacks to more than UPSTREAM_MAX_BYTES', packed(gzipSync(BOMB), 'gzip'), 'response larger than 10,000 bytes'],
  ['of brotli that does', packed(brotliCompressSync(BOMB), 'br'), 'response larger than 10,000 bytes'],
  ['in a charset that takes more bytes in UTF-8', inLatin1('é'.repeat(6000)), 'response larger than 10,000 bytes'],
  ['that cannot be unpacked', packed(Buffer.from(PAGE), 'gzip'), 'cannot be unpacked'],
  [
    "in an encoding that is the name of an object's member",
    packed(Buffer.from(PAGE), 'constructor'),
    'cannot be unpacked',
  ],
  ['in an encoding that was never asked for', packed(Buffer.from(PAGE), 'zstd'), 'cannot be unpacked'],
])('A response %s is refused', async ([, reply, cause], { upstream, gateway }) => {
  upstream.reply(reply);
  const before = gateway.logs.lines().length;
  const answer = await askOne(gateway);
  expect(firstError(answer)).toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE', upstream: { status: 200 } });
  const lines = gateway.logs.lines().slice(before);
  expect(lines.find(({ msg }) => msg === 'upstream call failed')).toMatchObject({ meaning: 'unreadable', cause });
});
