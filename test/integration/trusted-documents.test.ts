import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customer, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { startUpstream, type TestUpstream } from '../support/upstream.ts';

const ASKED = customer('id');

let upstream: TestUpstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

describe('A request refused before its document is validated says why, with HTTP 400 and its id', () => {
  async function refusalBy(env: Record<string, string>, query: string) {
    const gateway: TestGateway = await startTestGateway(upstream, env);
    const { status, errors } = await gateway.query(query);
    await gateway.close();
    return { status, errors };
  }

  test('for what its document is', async () => {
    const { status, errors } = await refusalBy({ MAX_ALIASES: '1' }, `{ a: ${ASKED} b: ${ASKED} }`);
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'TOO_MANY_ALIASES', requestId: expect.any(String) } }]);
  });

  test('for being no registered operation', async () => {
    const manifest = 'examples/storefront/persisted-operations.json';
    const { status, errors } = await refusalBy({ PERSISTED_OPERATIONS: manifest }, `{ ${ASKED} }`);
    expect(status).toBe(400);
    expect(errors).toMatchObject([
      { extensions: { code: 'PERSISTED_OPERATION_REQUIRED', requestId: expect.any(String) } },
    ]);
  });

  test('and asks nothing of upstream', () => {
    expect(upstream.calls).toEqual([]);
  });
});
