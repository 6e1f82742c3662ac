import { describe, expect } from 'vitest';
import { BASIC } from '../support/gateway.ts';
import { firstError } from '../support/questions.ts';
import { ROUTERS } from '../support/supergraph.ts';
import { json, pageBody } from '../support/upstream.ts';
import { testWithSupergraph } from './support/fixture.ts';

const test = testWithSupergraph();

describe.each(ROUTERS)('Through %s', (router) => {
  test('Promotions of two customers are joined to banners by promotionId, and keep their own ids', async ({
    supergraph,
    upstream,
  }) => {
    upstream.reply((call, response) => {
      const body = pageBody(1, 0, 10, call.query.identifierValue?.startsWith('b') ? 2 : 1);
      return json({ ...body, promotions: [{ promotionId: 1122938 }] })(call, response);
    });
    const { data, errors } = await supergraph.ask(
      router,
      '{ accounts(emails: ["a@example.com", "b@example.com"]) { loyalty { promotions { items { id promotionId banner { headline } } } } } }',
    );
    expect(errors).toBeUndefined();
    const items = data.accounts.flatMap(
      ({ loyalty }: { loyalty: { promotions: { items: unknown[] } } }) => loyalty.promotions.items,
    );
    const banner = { headline: 'Fifty points for every purchase' };
    expect(items).toMatchObject([
      { promotionId: '1122938', banner },
      { promotionId: '1122938', banner },
    ]);
    expect(new Set(items.map(({ id }: { id: string }) => id)).size).toBe(2);
  });

  test('A rate limit of upstream keeps its code and retryAfterSeconds', async ({ supergraph, upstream }) => {
    upstream.reply(json({}, 429, { 'retry-after': '7' }));
    const { data, errors } = await supergraph.ask(
      router,
      '{ members(capillaryIds: ["347297848"]) { customer { promotions { items { promotionId } } } } }',
      // A 429 pauses these credentials, which no other test uses.
      { headers: { 'x-cap-api-oauth-token': `limited through ${router}`.replaceAll(' ', '-') } },
    );
    expect(data.members).toEqual([{ customer: { promotions: null } }]);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', retryAfterSeconds: 7 });
  });

  const QUESTION = '{ accounts(emails: ["a@example.com"]) { loyalty { customerId } } }';
  test('Credentials, data scope and request id are forwarded', async ({ supergraph, upstream }) => {
    const headers = {
      authorization: BASIC,
      'data-scope': 'OTHER',
      'data-scope-org': '50405',
      'x-request-id': '1c5ae62b-6b0c-4ae1-9a55-0e3d1f4f6a10',
    };
    const { errors } = await supergraph.ask(router, QUESTION, { headers });
    expect(errors).toBeUndefined();
    expect(upstream.calls.map((call) => call.headers)).toEqual([expect.objectContaining(headers)]);
  });

  test("An OAuth token of Capillary's is forwarded", async ({ supergraph, upstream }) => {
    const headers = { 'x-cap-api-oauth-token': 'token-1' };
    const { errors } = await supergraph.ask(router, QUESTION, { headers });
    expect(errors).toBeUndefined();
    expect(upstream.calls.map((call) => call.headers)).toEqual([expect.objectContaining(headers)]);
    expect(upstream.calls[0]?.headers).not.toHaveProperty('authorization');
  });

  test('Missing credentials are UNAUTHENTICATED', async ({ supergraph, upstream }) => {
    const answer = await supergraph.ask(router, QUESTION, { headers: {} });
    expect(answer.data.accounts).toEqual([{ loyalty: null }]);
    expect(firstError(answer)?.code).toBe('UNAUTHENTICATED');
    expect(upstream.calls).toEqual([]);
  });
});
