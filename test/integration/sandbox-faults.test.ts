import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandboxServer.ts';
import { test } from '../support/fixture.ts';
import { LOOKUP, SAMPLE } from '../support/sandboxLookups.ts';

const pathOf = (identifierValue: string) => `${LOOKUP}?${new URLSearchParams({ ...SAMPLE, identifierValue })}`;
const fetchFor = (sandbox: Sandbox, identifierValue: string) => fetch(sandbox.url + pathOf(identifierValue));

test('A 429 comes with Retry-After', async ({ sandbox }) => {
  const response = await fetchFor(sandbox, '917000000429');
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('1');
});

test('A 500 is not JSON', async ({ sandbox }) => {
  const response = await fetchFor(sandbox, '917000000500');
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
});

test('A connection that is cut ends within the body', async ({ sandbox }) => {
  const response = await fetchFor(sandbox, '917000000501');
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
});

test('A page of HTML comes with HTTP 200', async ({ sandbox }) => {
  const response = await fetchFor(sandbox, '917000000502');
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(/^<!doctype html>/);
});

test('An error body comes with HTTP 200', async ({ sandbox }) => {
  const response = await fetchFor(sandbox, '917000000200');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ errors: [{ status: false, code: 1000, message: 'Request refused' }] });
});

test('A slow response does not delay closing', async () => {
  const own = await startSandbox();
  const { hostname, port } = new URL(own.url);
  const socket = connect(Number(port), hostname);
  const request = (value: string) => `GET ${pathOf(value)} HTTP/1.1\r\nHost: sandbox\r\n\r\n`;
  // Pipelined: once the first has its response, the second has also been received.
  socket.write(request('917000000000') + request('917000000504'));
  const [first] = await once(socket, 'data');
  expect(String(first)).toMatch(/^HTTP\/1.1 200 OK/);
  const closed = once(socket, 'close');
  await own.close();
  await closed;
});
