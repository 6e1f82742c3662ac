import { expect } from 'vitest';
import { customer } from '../support/gateway.ts';
import { codesOf } from '../support/questions.ts';
import { ROUTERS } from '../support/supergraph.ts';
import { testWithSupergraph } from './support/fixture.ts';

const limited = testWithSupergraph(async () => ({ MAX_UPSTREAM_CALLS: '1' }));
const locked = testWithSupergraph(async () => ({
  UPSTREAM_AUTH: 'basic',
  UPSTREAM_USERNAME: 'till',
  UPSTREAM_PASSWORD: 'secret',
  AUTH_MODE: 'api-key',
  AUTH_API_KEYS: `till:${'a'.repeat(64)}`,
}));

limited.for(ROUTERS)('A request error keeps its code through %s', async (router, { supergraph }) => {
  const query = `{ ${customer('customerId', '917406400033', 'a: ')} ${customer('customerId', '917406400034', 'b: ')} }`;
  const response = await supergraph.ask(router, query);
  expect(codesOf(response)).toContain('OPERATION_TOO_EXPENSIVE');
  expect(response.text).not.toContain('127.0.0.1');
});

locked.for(ROUTERS)(
  'A request without valid credentials is UNAUTHENTICATED through %s',
  async (router, { supergraph }) => {
    const response = await supergraph.ask(router, `{ ${customer('customerId')} }`);
    expect(codesOf(response)).toContain('UNAUTHENTICATED');
    expect(response.text).not.toContain('127.0.0.1');
  },
);
