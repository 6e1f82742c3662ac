import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { test } from '../support/fixture.ts';
import { PROXIES, startNginx } from './support/proxies.ts';

test.for(PROXIES)(
  '%s logs which address sent the request with an id, and nothing of its query',
  async ([, start], { startGateway, onTestFinished }) => {
    const gateway = await startGateway();
    const balancer = await start([Number(new URL(gateway.url).port)]);
    onTestFinished(() => balancer.close());
    await balancer.allUp();
    const id = randomUUID();
    const query = `query=${encodeURIComponent('{ __typename }')}&variables=${encodeURIComponent('{"mobile":"917406400033"}')}`;
    const response = await fetch(`${balancer.url}/graphql?${query}`, {
      headers: { 'x-request-id': id, 'apollo-require-preflight': '1', accept: 'application/json' },
    });
    expect(response.headers.get('x-request-id')).toBe(id);
    const lines = () => balancer.log().filter((line) => line.includes(id));
    await eventually('the lines of the request', async () => lines().length, 1);
    const line = new RegExp(`^\\S+ 127\\.0\\.0\\.1 GET /graphql ${response.status} [\\d.]+ \\{?${id}\\}?$`);
    expect(lines()).toEqual([expect.stringMatching(line)]);
  },
);

test('nginx lets only the API be reached from outside', async ({ startGateway, onTestFinished }) => {
  const gateway = await startGateway({ METRICS: 'true' });
  const balancer = await startNginx([Number(new URL(gateway.url).port)]);
  onTestFinished(() => balancer.close());
  await balancer.allUp();
  for (const path of ['/metrics', '/events', '/healthz', '/readyz', '/graphql/x']) {
    expect([path, (await fetch(`${balancer.url}${path}`)).status]).toEqual([path, 404]);
  }
  expect((await fetch(`${gateway.origin}/metrics`)).status).toBe(200);
  const answer = await fetch(`${balancer.url}/graphql`, { method: 'OPTIONS' });
  expect(answer.headers.get('x-request-id')).not.toBeNull();
});
