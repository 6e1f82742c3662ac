import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { sha256 } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { BASIC, customer, type TestGateway } from '../support/gateway.ts';
import { bearer, jwtCallers, OWN_CLAIMS } from '../support/identityProvider.ts';
import { askOne, outcomeOf, someone } from '../support/questions.ts';
import { connectRaw } from '../support/rawHttp.ts';
import * as upstreams from '../support/upstream.ts';

test('A client that disconnects ends the calls that only it waited for, running and queued', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ UPSTREAM_CONCURRENCY: '2', METRICS: 'true' });
  upstream.reply(upstreams.silent);
  const leaving = new AbortController();
  const left = [1, 2, 3, 4].map(() => askOne(gateway, someone(), { signal: leaving.signal }));
  await upstream.callsReached(2);
  await eventually('operations in flight', () => gateway.metric('gateway_operations_in_flight'), 4);
  leaving.abort();
  await Promise.allSettled(left);
  await upstream.abortsReached(2);
  upstream.reply(upstreams.pages(10));
  expect(outcomeOf(await askOne(gateway))).toBe('OK');
  expect(upstream.calls).toHaveLength(3);
  await eventually('clients that have left', () => departures(gateway), 4);
});

test('Clients that leave while the key set is fetched for them keep no place', async ({ provider, startGateway }) => {
  const gateway = await startGateway({ ...jwtCallers(provider), MAX_IN_FLIGHT: '3', METRICS: 'true' });
  const headers = { ...bearer(await provider.token(OWN_CLAIMS)), 'apollo-require-preflight': 'true' };
  const read = (signal?: AbortSignal) =>
    fetch(`${gateway.url}?query={__typename}`, { headers, ...(signal && { signal }) });
  provider.hang(true);
  const leaving = new AbortController();
  const left = [1, 2, 3].map(() => read(leaving.signal));
  await eventually('fetches of the key set', provider.fetches, 1);
  leaving.abort();
  await Promise.allSettled(left);
  await eventually('clients that have left', () => departures(gateway), 3);
  const stays = read();
  provider.hang(false);
  expect((await stays).status).toBe(200);
  await eventually('operations in flight', () => gateway.metric('gateway_operations_in_flight'), 0);
});

test('Requests that wait behind another one in a connection that is cut keep no place and no call', async ({
  upstream,
  startGateway,
}) => {
  const gateway = await startGateway({ METRICS: 'true' });
  upstream.reply(upstreams.silent);
  const connection = await connectRaw(gateway.origin);
  connection.write(
    Array.from({ length: 8 }, () => postOf({ query: `{ ${customer('customerId', someone())} }` })).join(''),
  );
  await upstream.callsReached(8);
  await eventually('operations in flight', () => gateway.metric('gateway_operations_in_flight'), 8);
  connection.destroy();
  await upstream.abortsReached(8);
  await eventually('clients that have left', () => departures(gateway), 8);
  expect(await gateway.metric('gateway_operations_in_flight')).toBe(0);
});

test.for([
  ['Operations', (body: string) => Buffer.from(body), ''],
  ['Compressed operations', gzipSync, 'content-encoding: gzip\r\n'],
] as const)(
  '%s that wait for their turn when their connection is cut are not begun',
  async ([, packed, encoding], { startGateway }) => {
    const gateway = await startGateway({ METRICS: 'true' });
    const persisted = (query: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(query) } });
    // Those that are begun are registered. A turn of the event loop has time for some of them.
    const documents = Array.from({ length: 300 }, (_, i) => `query Q${i} { ${'__typename '.repeat(50)} }`);
    const requests = documents.map((query) => {
      const body = packed(JSON.stringify({ query, extensions: persisted(query) }));
      return Buffer.concat([Buffer.from(headOf(body.length, encoding)), body]);
    });
    const connection = await connectRaw(gateway.origin);
    connection.write(Buffer.concat(requests));
    await eventually(
      'operations in flight',
      () => gateway.metric('gateway_operations_in_flight'),
      (count) => Number(count) > 0,
    );
    connection.destroy();
    const outcomeOfAgain = async (query = '') => (await gateway.post({ extensions: persisted(query) })).text();
    expect(await outcomeOfAgain(documents[0])).toBe('{"data":{"__typename":"Query"}}');
    expect(await outcomeOfAgain(documents.at(-1))).toContain('PERSISTED_QUERY_NOT_FOUND');
  },
);

/** How many operations ended because their client had left. */
function departures({ logs }: TestGateway): number {
  return logs.lines().filter(({ outcome }) => outcome === 'CLIENT_GONE').length;
}

/** A request as it is written to a connection. */
function postOf(request: object): string {
  const body = JSON.stringify(request);
  return headOf(body.length) + body;
}

function headOf(length: number, headers = ''): string {
  return `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\nauthorization: ${BASIC}\r\n${headers}content-length: ${length}\r\n\r\n`;
}
