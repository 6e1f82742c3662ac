import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { test } from '../support/fixture.ts';
import { PROXIES } from './support/proxies.ts';

const CARD = `id promotionId name description endDate pointsOfferType customerUsage { currentPointsPerCustomer }
  restrictions { redemption { kpi maxLimit currentCustomerUsage remaining limitOn periodUnit } earn { kpi remaining } }`;
const QUERY = `{ customer(identifier: { name: MOBILE, value: "917000000250" }, source: INSTORE) {
  promotions(limit: 250) { items { ${CARD} } }
} }`;

/** A response as it came, without being decompressed. */
async function ask(url: string, headers: Record<string, string>) {
  const { promise, resolve, reject } = Promise.withResolvers<{ encoding: string | undefined; body: Buffer }>();
  const sent = request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  });
  sent.on('error', reject).on('response', async (response) => {
    const chunks = await response.toArray();
    resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) });
  });
  sent.end(JSON.stringify({ query: QUERY }));
  return promise;
}

test.for(PROXIES)(
  '%s compresses responses for clients that accept it, and changes nothing else',
  async ([, start], { startGateway, sandbox, onTestFinished }) => {
    const gateway = await startGateway({}, { sandboxUrl: sandbox.url });
    const balancer = await start([Number(new URL(gateway.url).port)]);
    onTestFinished(() => balancer.close());
    await balancer.allUp();
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const direct = await ask(gateway.origin, { accept, 'accept-encoding': 'gzip' });
      const plain = await ask(balancer.url, { accept });
      const compressed = await ask(balancer.url, { accept, 'accept-encoding': 'gzip' });
      expect([direct.encoding, plain.encoding, compressed.encoding]).toEqual([undefined, undefined, 'gzip']);
      expect(plain.body.equals(direct.body)).toBe(true);
      expect(gunzipSync(compressed.body).equals(direct.body)).toBe(true);
      expect(direct.body.length / compressed.body.length).toBeGreaterThan(5);
    }
  },
);

test('docs/deployment.md lets an ingress controller compress the same types', () => {
  const [, types] = /^ {2}gzip_types (.*);$/m.exec(readFileSync('deploy/nginx/promotions-gateway.conf', 'utf8')) ?? [];
  expect(readFileSync('docs/deployment.md', 'utf8')).toContain(`"gzip-types":"${types}"`);
});
